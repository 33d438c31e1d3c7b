//! A demonstration: makes a chain and a key, imports them, and shows what is stored.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use scm_pki::testing::{Algorithm, TestAuthority};
use time::OffsetDateTime;

use crate::{
    root::{binary, root, target},
    run::{Done, cargo, line, run, tell},
    server::Server,
};

/// Builds, starts a server on an empty store, imports a certificate and shows what came of it.
pub fn demo() -> Done {
    tell("── Building the server and the tool (the first time takes a few minutes)");
    run(&mut cargo(&["build", "--package", "scm-server", "--package", "scm-cli"]))?;
    let folder = new_folder()?;

    tell("\n── Making a certificate authority, a chain and a key");
    let files = make_bundle(&folder)?;
    for file in &files {
        tell(&format!("   {}", shown(file)));
    }

    tell("\n── Starting a server on an empty store");
    let data = folder.join("data");
    let server = Server::start(&data)?;
    tell(&format!("   it answers at {}", server.address));

    tell("\n── Importing");
    let scm = Tool { credentials: data.join("credentials.json") };
    let import: Vec<_> =
        std::iter::once("import".to_owned()).chain(files.iter().map(|file| shown(file))).collect();
    let id = scm.run_and_show(&import)?;

    tell("\n── What is stored");
    scm.run_and_show(&["show".to_owned(), id])?;
    tell(&format!("   {}:", shown(&data)));
    list(&data)?;
    drop(server);
    tell(&format!("\n── Done. The server is stopped. To go on with its data:\n{}", further(&data)));
    Ok(())
}

fn further(data: &Path) -> String {
    let (server, scm) = (shown(&binary("scm-server")), shown(&binary("scm")));
    let data = shown(data);
    format!(
        "\n   {server} serve --data-dir {data}\n   \
         {scm} check --help\n   \
         {scm} import --credentials {data}/credentials.json YOUR-FILES.pem\n\n   \
         README.md has the same with curl, and every setting."
    )
}

/// A folder of its own for each demo: people go on with what they find in the last one.
fn new_folder() -> Result<PathBuf, String> {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let folder = target().join("demo").join(now.to_string());
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn make_bundle(folder: &Path) -> Result<[PathBuf; 3], String> {
    let authority = TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc());
    let bundle = authority.leaf("www.example.com").also("example.com").issue();
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text)
            .and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(0o600)))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        Ok::<_, String>(file)
    };
    Ok([
        write("certificate.pem", &bundle.certificate)?,
        write("chain.pem", &bundle.certificate_chain)?,
        write("key.pem", &bundle.private_key)?,
    ])
}

fn list(folder: &Path) -> Done {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let metadata = entry.metadata().map_err(|error| error.to_string())?;
        let mode = metadata.permissions().mode() & 0o777;
        let name = entry.file_name().to_string_lossy().into_owned();
        tell(&format!("     {mode:o} {:>9} bytes  {name}", metadata.len()));
    }
    Ok(())
}

/// A path, as short as possible.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The command line tool, with a server to talk to.
struct Tool {
    credentials: PathBuf,
}

impl Tool {
    /// Runs it, prints the command and its output, and returns the output.
    fn run_and_show(&self, arguments: &[String]) -> Result<String, String> {
        let mut command = Command::new(binary("scm"));
        command.args(arguments).arg("--credentials").arg(&self.credentials).current_dir(root());
        tell(&format!("   $ scm {}", arguments.join(" ")));
        let output = command.output().map_err(|error| format!("{}: {error}", line(&command)))?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        for line in said.lines().chain(String::from_utf8_lossy(&output.stderr).lines()) {
            tell(&format!("   {line}"));
        }
        if output.status.success() { Ok(said) } else { Err(format!("{}: failed", line(&command))) }
    }
}
