//! The way to a task's page in a released browser: what only that page needs is a part of its own, which the first visit
//! to any other page does without.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{new, project, task};
use crate::protocol::{
    FileView, Kind, Problem, TaskSnapshot,
    room::{SealedRoom, Standing},
};

/// Fetches the part, once. When that fails, asking again tries again.
pub async fn open() -> Result<(), Problem> {
    fetch_part().await.map_err(Problem::from)
}

/// Makes the page. [`open`] comes first: there is no waiting in here.
pub fn task(snapshot: TaskSnapshot, file: Option<Result<FileView, Problem>>, standing: Standing) -> Result<AnyView, Problem> {
    enter(Inside::Task(Box::new(snapshot), file, standing))
}

/// Makes the page of a project's room. [`open`] comes first here too.
pub fn project(room: &SealedRoom, snapshot: TaskSnapshot, file: Option<Result<FileView, Problem>>) -> Result<AnyView, Problem> {
    enter(Inside::Project(room.clone(), Box::new(snapshot), file))
}

/// Makes the page of something new. [`open`] comes first here too.
pub fn new(kind: Kind, initial: String) -> Result<AnyView, Problem> {
    enter(Inside::New(kind, initial))
}

/// What is behind the door.
enum Inside {
    Task(Box<TaskSnapshot>, Option<Result<FileView, Problem>>, Standing),
    Project(SealedRoom, Box<TaskSnapshot>, Option<Result<FileView, Problem>>),
    New(Kind, String),
}

fn enter(inside: Inside) -> Result<AnyView, Problem> {
    match pin!(part(inside)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(view) => view,
        Poll::Pending => Err(not_loaded()),
    }
}

#[allow(clippy::unnecessary_wraps)]
#[wasm_split(task, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch_part))]
fn part(inside: Inside) -> Result<AnyView, Problem> {
    Ok(match inside {
        Inside::Task(snapshot, file, standing) => task::task(*snapshot, file, standing).into_any(),
        Inside::Project(room, snapshot, file) => project::project(room.open().ok_or_else(Problem::internal)?, *snapshot, file).into_any(),
        Inside::New(kind, initial) => new::new(kind, initial).into_any(),
    })
}

impl From<SplitLoaderError> for Problem {
    fn from(_: SplitLoaderError) -> Self {
        not_loaded()
    }
}

fn not_loaded() -> Problem {
    let detail = "Check that you are connected and try again. If Livegen was updated meanwhile, reload the page.";
    Problem::new(0, "not-loaded", "The page could not be loaded", detail)
}
