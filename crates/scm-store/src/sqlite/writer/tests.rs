//! What waits together is committed together, and fails alone or together as it should.

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::subject::Resource;

type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

#[test]
fn one_that_fails_takes_no_neighbour_along() {
    let bench = Bench::new();
    let (first, a) = pending(|connection| add(connection, 1));
    let (bad, b) = pending(|connection| {
        add(connection, 2)?;
        Err::<(), _>(StoreError::missing(Resource::User).into())
    });
    let file = bench.file.clone();
    let (last, c) = pending(move |connection| {
        add(connection, 3)?;
        Ok((rows(connection), rows(&Connection::open(&file)?)))
    });
    bench.commit_together([first, bad, last]);

    assert!(a.blocking_recv().unwrap().is_ok());
    assert!(matches!(b.blocking_recv().unwrap(), Err(StoreError::Missing { .. })));
    let (inside, outside) = c.blocking_recv().unwrap().unwrap();
    assert_eq!((inside, outside), (vec![1, 3], vec![]), "one transaction, and not yet committed");
    assert_eq!(bench.rows(), [1, 3]);
}

#[test]
fn a_panic_is_an_answer_too() {
    let bench = Bench::new();
    let (bad, a) = pending(|connection| -> Result<(), Failure> {
        add(connection, 1)?;
        panic!("on purpose");
    });
    let (good, b) = pending(|connection| add(connection, 2));
    bench.commit_together([bad, good]);
    assert!(matches!(a.blocking_recv().unwrap(), Err(StoreError::Unavailable { .. })));
    assert!(b.blocking_recv().unwrap().is_ok());
    assert_eq!(bench.rows(), [2]);
}

#[test]
fn a_commit_that_fails_fails_for_all_and_the_next_one_works() {
    let bench = Bench::new();
    let (innocent, a) = pending(|connection| add(connection, 1));
    let (poison, b) = pending(|connection| {
        connection.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        connection.execute("INSERT INTO child VALUES (99)", [])?;
        Ok(())
    });
    let (own_fault, c) = pending(|_| Err::<(), _>(StoreError::missing(Resource::User).into()));
    bench.commit_together([innocent, poison, own_fault]);
    for answer in [a, b, c] {
        let answer = answer.blocking_recv().unwrap();
        assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{answer:?}");
    }
    assert_eq!(bench.rows(), Vec::<i64>::new());

    let (next, answer) = pending(|connection| add(connection, 2));
    bench.commit_together([next]);
    assert!(answer.blocking_recv().unwrap().is_ok());
    assert_eq!(bench.rows(), [2]);
}

#[test]
fn a_full_disk_is_unavailable_until_there_is_room() {
    let bench = Bench::new();
    let pages: i64 = bench.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    bench.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let big = |connection: &Connection| {
        connection.execute("INSERT INTO big VALUES (zeroblob(1000000))", [])?;
        Ok(())
    };
    let (refused, a) = pending(big);
    bench.commit_together([refused]);
    assert!(matches!(a.blocking_recv().unwrap(), Err(StoreError::Unavailable { .. })));

    bench.connection.pragma_update(None, "max_page_count", pages + 1000).unwrap();
    let (stored, b) = pending(big);
    bench.commit_together([stored]);
    assert!(b.blocking_recv().unwrap().is_ok());
}

#[tokio::test]
async fn a_closed_writer_refuses() {
    let bench = Bench::new();
    let (writer, _folder) = bench.into_writer();
    writer.write(|connection| add(connection, 1)).await.unwrap();
    writer.close().await;
    let refused = writer.write(|connection| add(connection, 2)).await;
    assert!(matches!(refused, Err(StoreError::Closed)));
    writer.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_busy() {
    let bench = Bench::new();
    let (writer, _folder) = bench.into_writer();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let (started, running) = oneshot::channel();
    let started = Mutex::new(Some(started));
    let blocker = writer.write(move |_| {
        started.lock().unwrap().take().unwrap().send(()).unwrap();
        // An error means that the test is over.
        let _ = wait.recv();
        Ok(())
    });
    let overflow = async {
        running.await.unwrap();
        let mut operations: Vec<_> =
            (0..QUEUE_LIMIT).map(|_| Box::pin(writer.write(|_| Ok(())))).collect();
        for operation in &mut operations {
            assert!(poll_once(operation).is_pending());
        }
        let refused = writer.write(|_| Ok(())).await;
        assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
        drop(release);
    };
    let (blocked, ()) = tokio::join!(blocker, overflow);
    blocked.unwrap();
}

fn poll_once<F: Future + Unpin>(future: &mut F) -> std::task::Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::Pin::new(future).poll(&mut context)
}

struct Bench {
    connection: Connection,
    file: std::path::PathBuf,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("bench.db");
        let connection = Connection::open(&file).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = wal; PRAGMA foreign_keys = ON;
                 CREATE TABLE parent (id INTEGER PRIMARY KEY);
                 CREATE TABLE child (parent INTEGER REFERENCES parent (id));
                 CREATE TABLE big (bytes BLOB);",
            )
            .unwrap();
        Self { connection, file, folder }
    }

    /// As if all had been in the queue when the writer came round.
    fn commit_together<const N: usize>(&self, operations: [Box<dyn Operation>; N]) {
        let (queue, waiting) = mpsc::channel(N);
        for operation in operations {
            assert!(queue.try_send(operation).is_ok());
        }
        drop(queue);
        work(&self.connection, waiting, &self.checkpointer(), &AtomicUsize::new(0));
    }

    fn into_writer(self) -> (Writer, TempDir) {
        let checkpointer = self.checkpointer();
        (Writer::start(self.connection, checkpointer).unwrap(), self.folder)
    }

    fn checkpointer(&self) -> Checkpointer {
        Checkpointer::start(Connection::open(&self.file).unwrap()).unwrap()
    }

    fn rows(&self) -> Vec<i64> {
        rows_of(&self.file)
    }
}

fn pending<T, F>(operation: F) -> (Box<dyn Operation>, Answer<T>)
where
    T: Send + 'static,
    F: Fn(&Connection) -> Result<T, Failure> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Pending { operation, outcome: None, reply }), answer)
}

fn add(connection: &Connection, id: i64) -> Result<(), Failure> {
    connection.execute("INSERT INTO parent VALUES (?1)", [id])?;
    Ok(())
}

fn rows_of(file: &Path) -> Vec<i64> {
    rows(&Connection::open(file).unwrap())
}

fn rows(connection: &Connection) -> Vec<i64> {
    let mut statement = connection.prepare("SELECT id FROM parent ORDER BY id").unwrap();
    let ids = statement.query_map([], |row| row.get(0)).unwrap();
    ids.map(Result::unwrap).collect()
}
