//! No circles between the top-level modules of a crate. A top-level module is a file or folder directly
//! below `src`; the root itself (`lib.rs`, `main.rs`) and tests may use everything.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::{Path, PathBuf},
};

use super::{
    read,
    source::{Token, tokens},
};

/// For each module the modules that it uses, each with the files that do so.
type Graph = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// One shortest circle of each crate that has any.
pub fn faults(files: &[PathBuf]) -> Result<Vec<String>, String> {
    let mut crates: BTreeMap<PathBuf, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in files {
        let Some((folder, inside)) = split(file) else { continue };
        crates.entry(folder).or_default().push((inside, read(file)?));
    }
    let mut faults = Vec::new();
    for (folder, sources) in crates {
        let name = folder.display().to_string();
        faults.extend(circle(&graph(&sources)).map(|circle| format!("{name}/src: {circle}")));
    }
    Ok(faults)
}

/// The folder of the crate, and the path below its `src`.
fn split(file: &Path) -> Option<(PathBuf, PathBuf)> {
    let folder = file.ancestors().find(|folder| folder.ends_with("src"))?;
    Some((folder.parent()?.to_owned(), file.strip_prefix(folder).ok()?.to_owned()))
}

/// Where a file stands in the tree of modules; nothing for the root.
fn module_path(file: &Path) -> Vec<String> {
    let name = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
    let path: Vec<_> = file.with_extension("").iter().map(name).collect();
    match path.first().map(|first| &**first) {
        Some("lib" | "main" | "bin") => Vec::new(),
        _ => path,
    }
}

fn graph(sources: &[(PathBuf, String)]) -> Graph {
    let mut tops = BTreeSet::new();
    let mut reexports = BTreeMap::new();
    for (file, text) in sources {
        match module_path(file).first() {
            Some(top) => drop(tops.insert(top.clone())),
            None => reexports.extend(reexported(&tokens(text))),
        }
    }
    let mut graph = Graph::new();
    for (file, text) in sources {
        let path = module_path(file);
        let Some((top, below)) = path.split_first() else { continue };
        if below.iter().any(|part| part == "tests") {
            continue;
        }
        for name in names_in_root(&tokens(text), path.len()) {
            let used = if tops.contains(&name) { Some(&name) } else { reexports.get(&name) };
            if let Some(used) = used.filter(|used| *used != top && tops.contains(*used)) {
                let edges = graph.entry(top.clone()).or_default();
                edges.entry(used.clone()).or_default().insert(file.display().to_string());
            }
        }
    }
    graph
}

/// What the root re-exports by name, with the module that it is from.
fn reexported(tokens: &[Token]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        if !token.is("use") {
            continue;
        }
        for path in paths(&tokens[at + 1..]) {
            let path: Vec<_> =
                path.into_iter().skip_while(|part| part == "crate" || part == "self").collect();
            if let [module, .., item] = &path[..] {
                all.insert(item.clone(), module.clone());
            }
        }
    }
    all
}

/// The names that are looked up in the root of the crate: what follows `crate::`, and what follows as
/// many `super::` as the file is deep.
fn names_in_root(tokens: &[Token], depth: usize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let (mut braces, mut inline, mut at) = (0, Vec::new(), 0);
    while at < tokens.len() {
        match &tokens[at..] {
            [module, Token::Word(_), Token::Mark('{'), ..] if module.is("mod") => {
                braces += 1;
                inline.push(braces);
                at += 3;
                continue;
            }
            [Token::Mark('{'), ..] => braces += 1,
            [Token::Mark('}'), ..] => {
                inline.pop_if(|opened| *opened == braces);
                braces -= 1;
            }
            [root, Token::Colons, rest @ ..] if root.is("crate") => {
                names.extend(paths(rest).into_iter().filter_map(|path| path.into_iter().next()));
            }
            [Token::Word(word), Token::Colons, ..] if word == "super" => {
                let mut ups = 0;
                while matches!(&tokens[at..], [up, Token::Colons, ..] if up.is("super")) {
                    (ups, at) = (ups + 1, at + 2);
                }
                if ups == depth + inline.len() {
                    let rest = paths(&tokens[at..]);
                    names.extend(rest.into_iter().filter_map(|path| path.into_iter().next()));
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    names
}

/// The paths that begin here: one, or all of a group in braces. An alias takes the place of the last name.
fn paths(tokens: &[Token]) -> Vec<Vec<String>> {
    let (mut all, mut at) = (Vec::new(), 0);
    branch(tokens, &mut at, &[], &mut all);
    all
}

fn branch(tokens: &[Token], at: &mut usize, before: &[String], all: &mut Vec<Vec<String>>) {
    let mut path = before.to_vec();
    loop {
        match tokens.get(*at) {
            Some(Token::Mark('{')) => {
                loop {
                    *at += 1;
                    branch(tokens, at, &path, all);
                    if tokens.get(*at) != Some(&Token::Mark(',')) {
                        break;
                    }
                }
                *at += 1;
                return;
            }
            Some(Token::Word(word)) => path.push(word.clone()),
            // The end of a group, or a glob.
            _ => break,
        }
        *at += 1;
        match &tokens[(*at).min(tokens.len())..] {
            [Token::Colons, ..] => *at += 1,
            [alias, Token::Word(name), ..] if alias.is("as") => {
                path.pop();
                path.push(name.clone());
                *at += 2;
                break;
            }
            _ => break,
        }
    }
    if tokens.get(*at) == Some(&Token::Mark('*')) {
        *at += 1;
    }
    if path.len() > before.len() {
        all.push(path);
    }
}

/// One of the shortest circles, with the files that tie it.
fn circle(graph: &Graph) -> Option<String> {
    let circles = graph.keys().filter_map(|start| way_back(graph, start));
    let shortest = circles.min_by_key(Vec::len)?;
    let steps = shortest.iter().zip(shortest.iter().cycle().skip(1)).map(|(from, to)| {
        let files: Vec<_> = graph[*from][*to].iter().map(|file| &**file).collect();
        format!("{from} uses {to} ({})", files.join(", "))
    });
    Some(format!("a circle of modules: {}", steps.collect::<Vec<_>>().join("; ")))
}

/// The shortest way from a module back to itself.
fn way_back<'a>(graph: &'a Graph, start: &'a String) -> Option<Vec<&'a String>> {
    let mut reached_from = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for used in graph.get(module).into_iter().flat_map(BTreeMap::keys) {
            if used == start {
                let mut way = vec![module];
                while let Some(before) = reached_from.get(way[way.len() - 1]) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if !reached_from.contains_key(used) {
                reached_from.insert(used, module);
                queue.push_back(used);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Option<String> {
        let sources: Vec<_> =
            files.iter().map(|(file, text)| (PathBuf::from(file), (*text).to_owned())).collect();
        circle(&graph(&sources))
    }

    #[test]
    fn a_circle_is_found_whatever_way_it_is_tied() {
        let ties = [
            ("b.rs", "use crate::a::A;"),
            ("b.rs", "use crate::{c, a::{self, A}};"),
            ("b.rs", "fn f() { crate::a::f() }"),
            ("b.rs", "use super::a;"),
            ("b.rs", "use super::{c::{C, D}, a::A as B};"),
            ("b/d.rs", "use super::super::a;"),
            ("b.rs", "mod d { fn f() { super::super::a::f() } }"),
            ("b.rs", "use crate::Named;"),
        ];
        for (file, text) in ties {
            let root = ("lib.rs", "mod a; mod b; mod c; pub use a::{Other, Renamed as Named};");
            let found = found(&[root, ("a.rs", "use crate::b::B;"), ("c.rs", ""), (file, text)]);
            let expected = format!("a circle of modules: a uses b (a.rs); b uses a ({file})");
            assert_eq!(found, Some(expected), "{file}: {text}");
        }
    }

    #[test]
    fn what_is_no_circle_is_not_reported() {
        let ties = [
            ("b.rs", "use crate::c::a;"),
            ("b.rs", "// crate::a\nfn f() { \"crate::a\" }"),
            ("b.rs", "#[cfg(test)] mod tests { use crate::a; }"),
            ("b/tests.rs", "use crate::a;"),
            ("b/d.rs", "use super::a;"),
            ("b.rs", "mod d { use super::a; }"),
            ("lib.rs", "use crate::a;"),
        ];
        for (file, text) in ties {
            let found = found(&[("a.rs", "use crate::b::B;"), ("c.rs", ""), (file, text)]);
            assert_eq!(found, None, "{file}: {text}");
        }
    }

    #[test]
    fn the_shortest_circle_is_reported() {
        let found = found(&[
            ("a.rs", "use crate::b; use crate::c;"),
            ("b.rs", "use crate::c;"),
            ("c.rs", "use crate::a;"),
        ]);
        let expected = "a circle of modules: a uses c (a.rs); c uses a (c.rs)";
        assert_eq!(found.as_deref(), Some(expected));
    }
}
