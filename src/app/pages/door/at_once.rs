//! The way to a task's page where the whole program is at hand: on the server, and in a browser while developing.

use leptos::prelude::*;

use super::{new, project, task};
use crate::protocol::{
    FileView, Kind, Problem, TaskSnapshot,
    room::{SealedRoom, Standing},
};

#[allow(clippy::unused_async)]
pub async fn open() -> Result<(), Problem> {
    Ok(())
}

#[allow(clippy::unnecessary_wraps)]
pub fn task(snapshot: TaskSnapshot, file: Option<Result<FileView, Problem>>, standing: Standing) -> Result<AnyView, Problem> {
    Ok(task::task(snapshot, file, standing).into_any())
}

pub fn project(room: &SealedRoom, snapshot: TaskSnapshot, file: Option<Result<FileView, Problem>>) -> Result<AnyView, Problem> {
    Ok(project::project(room.open().ok_or_else(Problem::internal)?, snapshot, file).into_any())
}

#[allow(clippy::unnecessary_wraps)]
pub fn new(kind: Kind, initial: String) -> Result<AnyView, Problem> {
    Ok(new::new(kind, initial).into_any())
}
