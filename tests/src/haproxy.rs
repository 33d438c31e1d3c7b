//! HAProxy, the real one, with the configuration that the documentation shows.

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::Folder;

/// The configuration in the documentation.
const SHOWN: &str = include_str!("../../docs/more-than-one-machine/haproxy.cfg");

/// A HAProxy that runs, in front of servers that speak TLS. It ends with the test.
#[derive(Debug)]
pub struct Haproxy {
    child: Child,
    _folder: Folder,
}

impl Haproxy {
    /// Starts it at an address, in front of three servers. It shows a certificate (with chain and
    /// key, PEM), and believes the servers that an authority vouches for.
    ///
    /// # Panics
    /// If it is not installed, or what is shown cannot be used any more.
    pub fn start(at: SocketAddr, pem: &str, authority: &str, servers: [SocketAddr; 3]) -> Self {
        let folder = Folder::new();
        let write = |name: &str, text: &str| {
            fs::write(folder.file(name), text).expect("the folder is ours");
            folder.file(name).display().to_string()
        };
        let mut text = SHOWN.to_owned();
        let mut put = |shown: &str, ours: &str| {
            assert_eq!(
                text.matches(shown).count(),
                1,
                "{shown} in the configuration that is shown"
            );
            text = text.replace(shown, ours);
        };
        put("0.0.0.0:443", &at.to_string());
        put("/etc/haproxy/scm.pem", &write("scm.pem", pem));
        put("/etc/haproxy/ca.pem", &write("ca.pem", authority));
        for (number, server) in (1..).zip(servers) {
            put(&format!("scm{number}.example.com:8443"), &server.to_string());
        }
        let file = write("haproxy.cfg", &text);
        let mut command = Command::new("haproxy");
        command.args(["-db", "-f", &file]).stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
            panic!(
                "haproxy: {error}; `cargo xtask test` installs it, or install the Debian package \
                 of that name"
            )
        });
        Self { child, _folder: folder }
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        let _whether_it_ran = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _how_it_ended = self.child.wait();
    }
}
