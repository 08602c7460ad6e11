//! What a page shows of a project's room besides the present run, as signals, and what its socket may tell.

use leptos::prelude::*;

use crate::protocol::{
    Problem,
    room::{CommentPage, Presence, RoomFrame, RoomView, RunPage, ShareInfo, Standing, Told},
};

/// What the room's socket has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// It is open (again): what happened before was not told.
    Opened,
    Frame(RoomFrame),
    /// It is gone, and will be opened again.
    Lost,
    /// The room is not open to this browser any more.
    Closed,
}

#[derive(Clone, Copy)]
pub struct Room {
    pub standing: Standing,
    pub runs: RwSignal<RunPage>,
    pub comments: RwSignal<CommentPage>,
    pub shares: RwSignal<Vec<ShareInfo>>,
    /// `None`: not known; there is no script, or no connection.
    pub presence: RwSignal<Option<Presence>>,
    pub closed: RwSignal<bool>,
    /// What was wrong with the last thing that was asked for.
    pub refused: RwSignal<Option<Problem>>,
    /// What is being written, kept when the page goes on with another run.
    pub comment: RwSignal<String>,
    pub name: RwSignal<String>,
}

impl Room {
    /// And what a form came to.
    pub fn new(view: RoomView) -> (Self, Told) {
        let RoomView { standing, runs, comments, shares, told } = view;
        let room = Self {
            standing,
            runs: RwSignal::new(runs),
            comments: RwSignal::new(comments),
            shares: RwSignal::new(shares),
            presence: RwSignal::new(None),
            closed: RwSignal::new(false),
            refused: RwSignal::new(told.problem.clone()),
            comment: RwSignal::new(told.comment.clone()),
            name: RwSignal::new(told.name.clone()),
        };
        (room, told)
    }
}
