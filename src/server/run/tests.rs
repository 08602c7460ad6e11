//! Real programs of the system.

use super::*;
use crate::server::clock::SystemClock;

fn shell(script: &str, limit: Duration) -> Program {
    Program {
        words: ["sh", "-c", script].map(Into::into).into(),
        folder: std::env::temp_dir(),
        environment: vec![("WORD".into(), "sea".into())],
        limit,
    }
}

fn runner() -> Runner {
    Runner::new(Arc::new(SystemClock), "")
}

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_program_says_how_it_ended() {
    let ended = runner().run(&shell("echo the $WORD; echo is deep >&2; exit 3", LONG)).await.unwrap();
    assert_eq!((ended.exit_code, ended.timed_out, ended.is_success()), (Some(3), false, false));
    assert!(ended.output.contains("the sea\n") && ended.output.contains("is deep\n"), "{}", ended.output);
    assert!(runner().run(&shell("true", LONG)).await.unwrap().is_success());
}

#[tokio::test]
async fn nothing_of_the_server_s_environment_is_seen() {
    let ended = runner().run(&shell("env", LONG)).await.unwrap();
    let mut names: Vec<&str> = ended
        .output
        .lines()
        .filter_map(|line| line.split('=').next())
        .filter(|name| !matches!(*name, "PWD" | "_" | "SHLVL" | "OLDPWD"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LANG", "PATH", "WORD"]);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let program = Program { words: vec!["no-such-program-anywhere".into()], ..shell("", LONG) };
    assert_eq!(runner().run(&program).await.unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

/// Whether a process is there, and no zombie.
fn is_alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn is_gone(pid: &str) -> bool {
    for _ in 0..100 {
        if !is_alive(pid) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn too_long_is_ended_with_its_children() {
    let ended = runner().run(&shell("sleep 300 & echo $!; sleep 300", Duration::from_millis(300))).await.unwrap();
    assert_eq!((ended.exit_code, ended.timed_out), (None, true));
    assert!(is_gone(ended.output.trim()).await, "{}", ended.output);
}

#[tokio::test]
async fn what_it_leaves_behind_is_ended_and_holds_nobody_up() {
    let ended = runner().run(&shell("sleep 300 & echo $!", LONG)).await.unwrap();
    assert!(ended.is_success() && ended.milliseconds < 10_000);
    assert!(is_gone(ended.output.trim()).await, "{}", ended.output);
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let mark = tempfile::NamedTempFile::new().unwrap();
    let program = shell(&format!("echo $$ > {}; sleep 300", mark.path().display()), LONG);
    let runner = runner();
    let pid = {
        let running = runner.run(&program);
        tokio::pin!(running);
        loop {
            tokio::select! {
                _ = &mut running => panic!("ended by itself"),
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
            let pid = std::fs::read_to_string(mark.path()).unwrap();
            if pid.ends_with('\n') {
                break pid.trim().to_owned();
            }
        }
    };
    assert!(is_gone(&pid).await);
}

#[tokio::test]
async fn endless_talk_is_kept_to_its_end() {
    let ended = runner().run(&shell("yes one line | head -c 3000000; echo the end", LONG)).await.unwrap();
    assert!(ended.is_success() && ended.output.len() <= 3 * MAX_OUTPUT_BYTES && ended.output.ends_with("the end\n"));
}
