//! What is left of a program in a sandbox: no process, little of what it said, and files that are read with care.

use std::{os::unix::fs::symlink, path::Path, time::Duration};

use livegen::server::run::{
    Program,
    read_back::{open_up, read_back},
    sandbox::Bounds,
};

use super::{LIMIT, SECRET, is_root, room, runner, sandbox};

/// Leaves the group, the session and its parents, does not listen to polite signals, and writes on and on.
const DAEMON: &str = r#"
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(name, signal.SIG_IGN)
        os.dup2(os.open("/dev/null", os.O_RDWR), 1); os.dup2(1, 2)
        for _ in range(2000):
            open("pulse", "a").write(f"{os.getpid()}\n")
            time.sleep(0.01)
    os._exit(0)
while not os.path.exists("pulse"): time.sleep(0.01)
if len(sys.argv) > 1: time.sleep(60)
"#;

fn daemon(folder: &Path, stays: bool, limit: Duration) -> Program {
    let mut words: Vec<String> = ["python3", "-c", DAEMON].map(Into::into).into();
    words.extend(stays.then(|| "stay".to_owned()));
    Program { words, folder: folder.to_owned(), environment: Vec::new(), limit }
}

/// Whether it writes on.
async fn has_a_pulse(folder: &Path) -> bool {
    let length = || std::fs::metadata(folder.join("pulse")).map_or(0, |found| found.len());
    let before = length();
    // Thirty times as long as it waits between two words.
    tokio::time::sleep(Duration::from_millis(300)).await;
    length() > before
}

#[tokio::test]
async fn nobody_stays_behind() {
    let runner = runner();
    let sandbox = sandbox(&runner).await;
    // Outside it gets away: so the sandbox is what ends it.
    let work = tempfile::tempdir().unwrap();
    assert!(runner.run(&daemon(work.path(), false, LIMIT)).await.unwrap().is_success());
    assert!(has_a_pulse(work.path()).await);
    let said = std::fs::read_to_string(work.path().join("pulse")).unwrap();
    let pid = said.lines().next().unwrap().parse().unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::KILL).unwrap();
    // By itself.
    let work = tempfile::tempdir().unwrap();
    let ended = sandbox.run(&runner, &daemon(work.path(), false, LIMIT), &room(work.path(), Bounds::default())).await.unwrap();
    assert!(ended.is_success(), "{}", ended.output);
    assert!(!has_a_pulse(work.path()).await);
    // By its limit.
    let work = tempfile::tempdir().unwrap();
    let soon = daemon(work.path(), true, Duration::from_secs(1));
    let ended = sandbox.run(&runner, &soon, &room(work.path(), Bounds::default())).await.unwrap();
    assert!(ended.timed_out && work.path().join("pulse").exists());
    assert!(!has_a_pulse(work.path()).await);
    // By nobody waiting any more.
    let work = tempfile::tempdir().unwrap();
    let (program, room) = (daemon(work.path(), true, LIMIT), room(work.path(), Bounds::default()));
    {
        let running = sandbox.run(&runner, &program, &room);
        tokio::pin!(running);
        while !work.path().join("pulse").exists() {
            tokio::select! {
                ended = &mut running => panic!("{ended:?}"),
                () = tokio::time::sleep(Duration::from_millis(10)) => {}
            }
        }
    }
    assert!(!has_a_pulse(work.path()).await);
}

#[tokio::test]
async fn endless_talk_is_ended_and_not_kept() {
    let runner = runner();
    let words = ["yes", "a line"].map(Into::into).into();
    let program = Program { words, folder: "/".into(), environment: Vec::new(), limit: Duration::from_secs(1) };
    let ended = sandbox(&runner).await.run(&runner, &program, &super::Room::default()).await.unwrap();
    assert!(ended.timed_out && ended.output.len() <= 192 * 1024, "{}", ended.output.len());
}

/// What a program may have made of the folder that is read, and what a careless reader would get.
#[test]
fn what_is_read_back_is_a_file_of_the_folder() {
    let place = tempfile::tempdir().unwrap();
    let (secret, out) = (place.path().join("secret"), place.path().join("out"));
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::create_dir_all(out.join("real")).unwrap();
    std::fs::write(out.join("real/file"), "fine").unwrap();
    assert_eq!(read_back(&out, "real/file", 4).unwrap(), b"fine");
    symlink(&secret, out.join("link")).unwrap();
    symlink("../secret", out.join("relative")).unwrap();
    symlink(place.path(), out.join("door")).unwrap();
    symlink("/proc/self", out.join("process")).unwrap();
    symlink("loop", out.join("loop")).unwrap();
    std::fs::hard_link(&secret, out.join("second")).unwrap();
    let careless = |path: &str| std::fs::read(out.join(path)).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(SECRET));
    for path in ["link", "relative", "door/secret", "second", "../secret"] {
        assert!(careless(path), "{path} leads nowhere");
        assert!(read_back(&out, path, 1000).is_err(), "{path}");
    }
    assert!(careless(secret.to_str().unwrap()) && read_back(&out, secret.to_str().unwrap(), 1000).is_err());
    assert!(!std::fs::read(out.join("process/environ")).unwrap().is_empty() && read_back(&out, "process/environ", 100_000).is_err());
    // What has no end, or nobody at the other end.
    let fifo = out.join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(out.join("socket")).unwrap();
    let sparse = std::fs::File::create(out.join("sparse")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    for path in ["pipe", "socket", "sparse", "real", "loop", "absent", ""] {
        assert!(read_back(&out, path, 1 << 20).is_err(), "{path}");
    }
    if is_root() {
        let zero = rustix::fs::makedev(1, 5);
        rustix::fs::mknodat(rustix::fs::CWD, out.join("zero"), rustix::fs::FileType::CharacterDevice, rustix::fs::Mode::RUSR, zero)
            .unwrap();
        assert!(read_back(&out, "zero", 1 << 20).is_err());
    }
    std::fs::write(out.join("long"), vec![b'x'; 1001]).unwrap();
    assert!(read_back(&out, "long", 1000).is_err() && read_back(&out, "long", 1001).is_ok());
}

#[test]
fn a_race_for_what_is_read_back_is_lost() {
    let place = tempfile::tempdir().unwrap();
    let (secret, out) = (place.path().join("secret"), place.path().join("out"));
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::create_dir(&out).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                std::fs::write(out.join("new"), "fine").unwrap();
                std::fs::rename(out.join("new"), out.join("file")).unwrap();
                symlink(&secret, out.join("new")).unwrap();
                std::fs::rename(out.join("new"), out.join("file")).unwrap();
            }
        });
        let (mut read, mut careless) = (0, 0);
        for _ in 0..20_000 {
            careless += usize::from(std::fs::read(out.join("file")).is_ok_and(|bytes| bytes == SECRET.as_bytes()));
            if let Ok(bytes) = read_back(&out, "file", 100) {
                read += 1;
                if bytes != b"fine" {
                    done.store(true, std::sync::atomic::Ordering::Relaxed);
                    panic!("read {}", String::from_utf8_lossy(&bytes));
                }
            }
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(read > 0 && careless > 0, "{read} {careless}");
    });
}

#[test]
fn a_folder_that_closes_itself_can_be_removed() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(place.path().join("a/b")).unwrap();
    symlink("/", place.path().join("a/root")).unwrap();
    std::fs::set_permissions(place.path().join("a/b"), std::fs::Permissions::from_mode(0o0)).unwrap();
    std::fs::set_permissions(place.path().join("a"), std::fs::Permissions::from_mode(0o0)).unwrap();
    open_up(place.path());
    std::fs::remove_dir_all(place.path().join("a")).unwrap();
}
