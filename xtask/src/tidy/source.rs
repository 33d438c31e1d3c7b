//! Rust source as far as modules matter: its tokens, without comments, text and tests.

use std::{iter::Peekable, str::Chars};

/// A token: an identifier, `::`, or one other character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// An identifier or a keyword.
    Word(String),
    /// `::`.
    Colons,
    /// Anything else that is neither space, comment nor literal.
    Mark(char),
}

impl Token {
    /// Whether it is this identifier or keyword.
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }
}

/// The tokens of a file without those of items under `#[cfg(test)]`.
pub fn tokens(text: &str) -> Vec<Token> {
    without_tests(lex(text))
}

/// All tokens of a file.
fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            '/' if rest.peek() == Some(&'/') => skip_line(&mut rest),
            '/' if rest.peek() == Some(&'*') => skip_block_comment(&mut rest),
            '"' => skip_text(&mut rest),
            '\'' => skip_character(&mut rest),
            ':' if rest.peek() == Some(&':') => {
                rest.next();
                tokens.push(Token::Colons);
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let mut word = String::from(first);
                while let Some(next) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(next);
                }
                let raw = matches!(&*word, "r" | "br" | "cr");
                match rest.peek() {
                    Some('"' | '#') if raw => skip_raw(&mut rest, &mut tokens),
                    _ => tokens.push(Token::Word(word)),
                }
            }
            _ if first.is_whitespace() => {}
            _ => tokens.push(Token::Mark(first)),
        }
    }
    tokens
}

type Rest<'a> = Peekable<Chars<'a>>;

fn skip_line(rest: &mut Rest<'_>) {
    rest.find(|c| *c == '\n');
}

fn skip_block_comment(rest: &mut Rest<'_>) {
    let (mut depth, mut before) = (1, '*');
    rest.next();
    for next in rest {
        match (before, next) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                before = next;
                continue;
            }
        }
        // Neither character opens or closes another comment.
        before = ' ';
        if depth == 0 {
            return;
        }
    }
}

fn skip_text(rest: &mut Rest<'_>) {
    while let Some(next) = rest.next() {
        match next {
            '\\' => drop(rest.next()),
            '"' => return,
            _ => {}
        }
    }
}

/// What follows a quote: a character, or the name of a lifetime.
fn skip_character(rest: &mut Rest<'_>) {
    if rest.next() == Some('\\') {
        rest.next();
        rest.find(|c| *c == '\'');
        return;
    }
    let lifetime = rest.clone().next() != Some('\'');
    if lifetime {
        while rest.next_if(|c| c.is_alphanumeric() || *c == '_').is_some() {}
    } else {
        rest.next();
    }
}

/// What follows `r`: text between marks and quotes, or the name of a raw identifier.
fn skip_raw(rest: &mut Rest<'_>, tokens: &mut Vec<Token>) {
    let mut marks = 0;
    while rest.next_if_eq(&'#').is_some() {
        marks += 1;
    }
    if rest.next_if_eq(&'"').is_none() {
        let name: String =
            std::iter::from_fn(|| rest.next_if(|c| c.is_alphanumeric() || *c == '_')).collect();
        tokens.push(Token::Word(name));
        return;
    }
    let mut seen = None;
    for next in rest {
        seen = match (next, seen) {
            ('"', _) => Some(0),
            ('#', Some(count)) => Some(count + 1),
            _ => None,
        };
        if seen == Some(marks) {
            return;
        }
    }
}

fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at = end_of_item(&tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Whether `#[cfg(test)]` comes next.
fn is_test_attribute(tokens: &[Token]) -> bool {
    let [hash, open, cfg, paren, test, end, close, ..] = tokens else { return false };
    [hash, open] == [&Token::Mark('#'), &Token::Mark('[')]
        && cfg.is("cfg")
        && test.is("test")
        && [paren, end, close] == [&Token::Mark('('), &Token::Mark(')'), &Token::Mark(']')]
}

/// Where the item ends that begins here: behind its first `;` or its block.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(token, Token::Mark(';' | '}')) {
            return at + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let tokens = tokens(text).into_iter();
        tokens
            .filter_map(|token| if let Token::Word(word) = token { Some(word) } else { None })
            .collect()
    }

    #[test]
    fn comments_and_literals_are_no_tokens() {
        let text = "a // b\n/* c /* d */ e */ f \"g \\\" h\" 'i' '\\'' '\\u{1F600}' <'j> r#\"k \" l\"# b\"m\" r#n o";
        assert_eq!(words(text), ["a", "f", "b", "n", "o"]);
        assert_eq!(tokens("a::b").len(), 3);
    }

    #[test]
    fn items_of_tests_are_left_out() {
        let text = "fn a() {} #[cfg(test)] mod b { fn c() { d } } fn e() {} #[cfg(test)] use f::{g, i}; #[cfg(test)] const J: [u8; 2] = [1, 2]; h";
        assert_eq!(words(text), ["fn", "a", "fn", "e", "h"]);
        assert_eq!(words("#[cfg(feature)] mod a;"), ["cfg", "feature", "mod", "a"]);
    }
}
