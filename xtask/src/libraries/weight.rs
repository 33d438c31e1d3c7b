//! What a program gets along with a library: never a crate that it has no use for.

use crate::run::{Done, cargo, output};

/// Which crates come with a library, and which must not. A family is a crate and all that are
/// named after it: `tokio` is `tokio-util` too.
struct Promise {
    library: &'static str,
    features: &'static str,
    /// There must be these, or what is looked for would not be found.
    with: &'static [&'static str],
    without: &'static [&'static str],
}

const PROMISES: &[Promise] = &[
    Promise {
        library: "scm-model",
        features: "",
        with: &["serde"],
        without: &["utoipa", "tokio", "hyper", "reqwest", "aws-lc-rs", "rcgen"],
    },
    Promise {
        library: "scm-model",
        features: "openapi",
        with: &["utoipa"],
        without: &["tokio", "hyper", "reqwest", "aws-lc-rs", "rcgen"],
    },
    Promise {
        library: "scm-sign",
        features: "",
        with: &["aws-lc-rs"],
        without: &["utoipa", "tokio", "hyper", "reqwest", "serde"],
    },
    Promise {
        library: "scm-client",
        features: "",
        with: &["tokio", "reqwest"],
        without: &["utoipa", "openssl-sys", "native-tls", "rcgen"],
    },
];

/// Fails if a library brings what it promises not to, on the platform that this runs on: of others, not
/// all may be there to look at.
pub fn light() -> Done {
    let mut faults = Vec::new();
    for promise in PROMISES {
        let arguments = ["tree", "--locked", "--edges=normal,build"];
        let mut tree = cargo(&arguments);
        tree.args(["--prefix=none", "--format={p}", "--package", promise.library]);
        tree.args(["--features", promise.features]);
        faults.extend(promise.faults(&output(&mut tree)?));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

impl Promise {
    /// What is wrong with a tree, of which each line begins with the name of a crate.
    fn faults(&self, tree: &str) -> Vec<String> {
        let Self { library, features, with, without } = self;
        let has = |family: &str| {
            let mut crates = tree.lines().filter_map(|line| line.split(' ').next());
            crates.find(|name| {
                let rest = name.strip_prefix(family);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        };
        let what = match *features {
            "" => (*library).to_owned(),
            features => format!("{library} with {features}"),
        };
        let lacks = with.iter().filter(|family| has(family).is_none());
        let lacks =
            lacks.map(|family| format!("{what}: has no {family}, so this looks at nothing"));
        let brings = without.iter().filter_map(|family| has(family));
        lacks.chain(brings.map(|name| format!("{what}: must not bring {name}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Promise;

    const PROMISE: Promise = Promise {
        library: "scm-model",
        features: "",
        with: &["serde"],
        without: &["utoipa", "tokio"],
    };

    #[test]
    fn the_libraries_are_light() {
        super::light().unwrap();
    }

    #[test]
    fn dependencies_beyond_the_promise_are_reported() {
        let tree = "scm-model v0.1.0 (/here)\nserde v1.0.0\ntokio-util v0.7.0 (*)\nutoipa v6.0.0";
        let faults = PROMISE.faults(tree);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert_eq!(faults[0], "scm-model: must not bring utoipa");
        assert_eq!(faults[1], "scm-model: must not bring tokio-util");
    }

    #[test]
    fn a_light_library_is_none_the_worse_for_names_that_look_alike() {
        let tree = "scm-model v0.1.0 (/here)\nserde_json v1.0.0\nserde v1.0.0\ntokiort v1.0.0";
        assert_eq!(PROMISE.faults(tree), Vec::<String>::new());
    }

    #[test]
    fn a_tree_that_is_none_is_no_proof() {
        assert_eq!(PROMISE.faults("").len(), 1);
    }
}
