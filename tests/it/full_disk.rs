//! A disk without room: what is stored can be read, and nothing that was acknowledged is lost.

use std::{fs, io, process::Command};

use http::Method;
use scm_tests::{Binary, Folder, import_body};

use crate::{certificates::export, contract::now};

/// A file system in memory of 16 MiB, mounted until it is dropped.
struct SmallDisk(Folder);

impl SmallDisk {
    fn mount() -> Self {
        let folder = Folder::new();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs"]).arg(folder.path());
        assert!(mount.status().unwrap().success(), "mounting a file system needs root");
        Self(folder)
    }

    fn fill(&self) {
        let full = fs::write(self.0.file("fill"), vec![0; 16 << 20]).unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn on_a_full_disk_lists_and_shows_are_answered_and_a_server_starts() {
    let disk = SmallDisk::mount();
    let folder = &disk.0;
    let server = Binary::start(folder, &[]).unwrap();
    let session = server.administrator(folder);
    let body = import_body(&now::sound("www.example.com"));
    let id = session.import(&body).await.text("certificate_id");
    assert_eq!(session.send(Method::GET, "/readyz", "").await.status, 200);
    disk.fill();

    // Room in the log that is reused lets some imports through; each of them is stored.
    let mut stored = vec![id];
    let refused = loop {
        let answer = session.import(&body).await;
        match answer.status.as_u16() {
            200 => stored.push(answer.text("certificate_id")),
            _ => break answer,
        }
    };
    assert_eq!((refused.status.as_u16(), refused.text("error_code").as_str()), (503, "SCM.9003"));
    let unready = session.send(Method::GET, "/readyz", "").await;
    assert_eq!(unready.status, 503);
    let address = server.address();
    server.kill();

    let server = Binary::start_at(address, folder, &[]).unwrap();
    let session = server.administrator(folder);
    for id in &stored {
        assert_eq!(session.show(id).await.status, 200);
    }
    let list = session.send(Method::GET, "/v3/scm/certificates", "").await;
    assert_eq!(list.json()["total_count"], stored.len());
    assert_eq!(session.import(&body).await.status, 503);
    assert_eq!(session.send(Method::GET, "/readyz", "").await.status, 503);

    fs::remove_file(disk.0.file("fill")).unwrap();
    assert_eq!(session.send(Method::GET, "/readyz", "").await.status, 200);
    assert_eq!(session.import(&body).await.status, 200);
    for id in &stored {
        assert_eq!(export(&session, id, "").await.status, 200);
    }
    server.stop();
}
