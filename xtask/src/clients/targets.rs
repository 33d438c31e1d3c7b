//! The clients there are: a row each. What a row runs, it runs with `sh` in a copy of the
//! client's folder, where the document and the pinned tools are at hand.

use std::{fs, path::PathBuf};

use crate::root::root;

/// Where the programs that use the clients are, and what they pin.
pub fn programs() -> PathBuf {
    root().join("openapi/clients")
}

/// One client.
pub struct Target {
    /// Its name, and that of its folder.
    pub name: &'static str,
    pub generator: Generator,
    pub document: Document,
    /// Programs or files it needs of the system, with the Debian packages that have them.
    pub needs: &'static [(&'static str, &'static str)],
    pub generate: &'static str,
    pub compile: &'static str,
    pub run: &'static str,
    /// What its users should know.
    pub remark: &'static str,
}

/// A generator of clients, as it is pinned.
pub struct Generator {
    /// As its registry calls it.
    pub package: &'static str,
    /// The folder beside the clients that pins it; its client's own if there is none.
    pub pinned_in: Option<&'static str>,
}

/// Which of our documents.
#[derive(Clone, Copy)]
pub enum Document {
    V3_1,
    V3_0,
}

impl Document {
    /// Its name in `openapi/`.
    pub fn file(self) -> &'static str {
        match self {
            Self::V3_1 => "scm.json",
            Self::V3_0 => "scm-3.0.json",
        }
    }

    /// The version of OpenAPI.
    pub fn version(self) -> &'static str {
        match self {
            Self::V3_1 => "3.1",
            Self::V3_0 => "3.0",
        }
    }
}

impl Target {
    /// The folders that pin what it needs, its own first.
    pub fn pinned_in(&self) -> impl Iterator<Item = &'static str> {
        [self.name].into_iter().chain(self.generator.pinned_in)
    }

    /// The version of its generator, from the file that pins it.
    pub fn version(&self) -> Result<String, String> {
        let Generator { package, pinned_in } = self.generator;
        let folder = programs().join(pinned_in.unwrap_or(self.name));
        ["requirements.txt", "package.json", "Cargo.toml"]
            .iter()
            .filter_map(|file| fs::read_to_string(folder.join(file)).ok())
            .find_map(|pins| pins.lines().find_map(|line| version(line, package)))
            .ok_or_else(|| format!("{} does not pin {package}", folder.display()))
    }
}

/// The version in a line that pins a package: of `pip`, `npm` or cargo.
fn version(line: &str, package: &str) -> Option<String> {
    let rest = line.trim().trim_start_matches('"').strip_prefix(package)?;
    let version = rest.strip_prefix("==").or_else(|| {
        let rest = rest.trim_start_matches('"').trim_start();
        rest.strip_prefix([':', '='])?.split('"').nth(1)
    })?;
    let version = version.split([' ', ';']).next()?.trim_start_matches('=');
    Some(version.to_owned())
}

const OPENAPI_GENERATOR: Generator =
    Generator { package: "openapi-generator-cli", pinned_in: Some("openapi-generator") };

const fn own(package: &'static str) -> Generator {
    Generator { package, pinned_in: None }
}

/// What a row may leave out.
const PLAIN: Target = Target {
    name: "",
    generator: OPENAPI_GENERATOR,
    document: Document::V3_1,
    needs: &[],
    generate: "",
    compile: "",
    run: "",
    remark: "",
};

const JAVA: (&str, &str) = ("java", "default-jre-headless");
const NODE: (&str, &str) = ("node", "nodejs");

const TYPES: &str = "tsc --noEmit --strict --skipLibCheck --target es2022 --module esnext \
     --moduleResolution bundler main.ts";
const TSX: &str = "tsx main.ts";

/// Every client.
pub const TARGETS: &[Target] = &[
    Target {
        name: "python",
        needs: &[JAVA],
        generate: "openapi-generator-cli generate -g python -i scm.json -o generated \
             --additional-properties packageName=scm && mv generated/scm scm",
        compile: "python -m compileall -q scm",
        run: "python main.py",
        ..PLAIN
    },
    Target {
        name: "go",
        needs: &[JAVA, ("go", "golang-go")],
        generate: "openapi-generator-cli generate -g go -i scm.json -o scm \
             --additional-properties packageName=scm,withGoMod=false",
        compile: "go build -o client .",
        run: "./client",
        ..PLAIN
    },
    Target {
        name: "java",
        needs: &[
            ("javac", "default-jdk-headless"),
            (
                "/usr/share/java/geronimo-annotation-1.3-spec.jar",
                "libgeronimo-annotation-1.3-spec-java",
            ),
        ],
        generate: "openapi-generator-cli generate -g java --library native -i scm.json -o scm \
             --additional-properties invokerPackage=scm,apiPackage=scm.api,modelPackage=scm.model,\
             openApiNullable=false",
        compile: "sh classpath.sh > classpath && javac -cp \"$(cat classpath)\" -d classes Main.java \
             $(find scm/src/main -name '*.java')",
        run: "java -cp \"classes:$(cat classpath)\" Main",
        remark: "compiled without Maven, with the generator's own Jackson",
        ..PLAIN
    },
    Target {
        name: "typescript-fetch",
        needs: &[JAVA, NODE],
        generate: "openapi-generator-cli generate -g typescript-fetch -i scm.json -o scm",
        compile: TYPES,
        run: TSX,
        ..PLAIN
    },
    Target {
        name: "rust",
        needs: &[JAVA],
        generate: "openapi-generator-cli generate -g rust -i scm.json -o scm \
             --additional-properties packageName=scm",
        compile: "cargo build --quiet --locked",
        run: "cargo run --quiet --locked",
        ..PLAIN
    },
    Target {
        name: "php",
        needs: &[
            JAVA,
            ("php", "php-cli"),
            ("/usr/share/php/GuzzleHttp/autoload.php", "php-guzzlehttp-guzzle"),
            ("/usr/share/doc/php-mbstring", "php-mbstring"),
        ],
        generate: "openapi-generator-cli generate -g php -i scm.json -o scm \
             --additional-properties invokerPackage=Scm",
        compile: "find scm/lib -name '*.php' | xargs -n 1 php -l",
        run: "php main.php",
        remark: "sends booleans as 1 and 0 unless `BOOLEAN_FORMAT_STRING` is set",
        ..PLAIN
    },
    Target {
        name: "ruby",
        needs: &[JAVA, ("ruby", "ruby"), ("/usr/share/doc/ruby-typhoeus", "ruby-typhoeus")],
        generate: "openapi-generator-cli generate -g ruby -i scm.json -o scm \
             --additional-properties gemName=scm,moduleName=Scm",
        compile: "find scm/lib -name '*.rb' | xargs -n 1 ruby -c",
        run: "ruby -I scm/lib main.rb",
        ..PLAIN
    },
    Target {
        name: "openapi-python-client",
        generator: own("openapi-python-client"),
        generate: "openapi-python-client generate --path scm.json --output-path scm --meta none",
        compile: "python -m compileall -q scm",
        run: "python main.py",
        ..PLAIN
    },
    Target {
        name: "openapi-fetch",
        generator: own("openapi-typescript"),
        needs: &[NODE],
        generate: "openapi-typescript scm.json -o scm.d.ts --default-non-nullable false",
        compile: TYPES,
        run: TSX,
        ..PLAIN
    },
    Target {
        name: "hey-api",
        generator: own("@hey-api/openapi-ts"),
        needs: &[NODE],
        generate: "openapi-ts -i scm.json -o scm",
        compile: TYPES,
        run: TSX,
        ..PLAIN
    },
    Target {
        name: "orval",
        generator: own("orval"),
        needs: &[NODE],
        generate: "orval --config orval.config.ts",
        compile: TYPES,
        run: TSX,
        ..PLAIN
    },
    Target {
        name: "swagger-typescript-api",
        generator: own("swagger-typescript-api"),
        needs: &[NODE],
        generate: "swagger-typescript-api generate -p scm.json -o scm -n scm.ts",
        compile: TYPES,
        run: TSX,
        ..PLAIN
    },
    Target {
        name: "oazapfts",
        generator: own("oazapfts"),
        needs: &[NODE],
        generate: "oazapfts scm.json scm.ts",
        compile: TYPES,
        run: TSX,
        ..PLAIN
    },
    Target {
        name: "zodios",
        generator: own("openapi-zod-client"),
        needs: &[NODE],
        generate: "openapi-zod-client scm.json -o scm.ts",
        compile: TYPES,
        run: TSX,
        ..PLAIN
    },
    Target {
        name: "progenitor",
        generator: own("progenitor"),
        document: Document::V3_0,
        generate: "cargo build --quiet --locked --lib",
        compile: "cargo build --quiet --locked",
        run: "cargo run --quiet --locked",
        remark: "takes 3.0 only (its issue 762)",
        ..PLAIN
    },
];
