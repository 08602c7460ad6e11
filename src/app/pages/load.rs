//! What a page shows of the server's: asked for, waited for, shown. One way for all pages.

use leptos::{either::EitherOf3, prelude::*};
use serde::{Deserialize, Serialize};

use super::{asked::Asked, door, task_list::task_list, trouble::trouble};
use crate::{
    app::api,
    protocol::{
        FileView, Kind, Problem, TaskPage, TaskSnapshot,
        room::{SealedRoom, Standing},
    },
};

#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    Tasks(Asked),
    /// What kind of thing, and what it starts from: the id of a task, or nothing.
    New {
        kind: Kind,
        from: String,
    },
    /// A task, and the file of it that the address names.
    Task {
        id: String,
        file: Option<String>,
    },
    /// A project's room, and the file of its present run that the address names.
    Project {
        id: String,
        file: Option<String>,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Answer {
    Tasks(TaskPage, Asked),
    New(Kind, String),
    Task(Box<TaskSnapshot>, Option<Result<FileView, Problem>>, Standing),
    Project(SealedRoom, Box<TaskSnapshot>, Option<Result<FileView, Problem>>),
}

/// Shows what was asked for. While something else is on its way, what was there stays.
#[component]
pub fn Load(ask: Signal<Ask>) -> impl IntoView {
    let answer = Resource::new(move || ask.get(), fetch);
    let again = Callback::new(move |()| answer.refetch());
    view! {
        <Transition fallback=|| view! { <div class="skeleton" role="status" aria-label="Loading"></div> }>
            {move || {
                answer
                    .get()
                    .map(|answer| match answer {
                        Ok(Answer::Tasks(page, asked)) => EitherOf3::A(task_list(page, &asked)),
                        Ok(Answer::New(kind, initial)) => match door::new(kind, initial) {
                            Ok(page) => EitherOf3::B(page),
                            Err(problem) => EitherOf3::C(trouble(problem, again)),
                        },
                        Ok(Answer::Task(snapshot, file, standing)) => {
                            match door::task(*snapshot, file, standing) {
                                Ok(page) => EitherOf3::B(page),
                                Err(problem) => EitherOf3::C(trouble(problem, again)),
                            }
                        }
                        Ok(Answer::Project(room, snapshot, file)) => {
                            match door::project(&room, *snapshot, file) {
                                Ok(page) => EitherOf3::B(page),
                                Err(problem) => EitherOf3::C(trouble(problem, again)),
                            }
                        }
                        Err(problem) => EitherOf3::C(trouble(problem, again)),
                    })
            }}
        </Transition>
    }
}

async fn fetch(ask: Ask) -> Result<Answer, Problem> {
    match ask {
        Ask::Tasks(asked) => api::tasks(asked.filter()).await.map(|page| Answer::Tasks(page, asked)),
        Ask::New { kind, from } => {
            door::open().await?;
            let initial = if from.is_empty() { from } else { api::prompt(from).await? };
            Ok(Answer::New(kind, initial))
        }
        Ask::Task { id, file } => {
            door::open().await?;
            let standing = api::standing(id.clone()).await?;
            let (snapshot, file) = run(id, file).await?;
            Ok(Answer::Task(snapshot, file, standing))
        }
        Ask::Project { id, file } => {
            door::open().await?;
            let room = api::room(id).await?;
            let (snapshot, file) = run(room.run.to_string(), file).await?;
            Ok(Answer::Project(room, snapshot, file))
        }
    }
}

async fn run(id: String, file: Option<String>) -> Result<(Box<TaskSnapshot>, Option<Result<FileView, Problem>>), Problem> {
    let snapshot = api::task(id).await?;
    let file = match file {
        Some(path) => Some(api::file(snapshot.task_id, path).await),
        None => None,
    };
    Ok((Box::new(snapshot), file))
}
