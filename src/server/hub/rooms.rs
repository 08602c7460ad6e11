//! Who is in which project's room on this node, and the stir there: people who come and go, comments, runs that begin.
//!
//! Passing, and the node's own: nothing of it is stored, and whoever missed something asks for the state. A stir is a count, not a queue: a
//! slow reader costs nothing, and learns of the last state only. Bounded: people in a room, names that are remembered.
//!
//! **Names.** The owner is `Owner`. Whoever else is there has a link: `Member n` when they are signed in, `Guest n` when not, by the order
//! in which they came, for as long as anybody is in the room. An account is one person, however many tabs it has. No name is made of an address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::protocol::{
    AccountId, TaskId,
    room::{MAX_NAMED, Person, Presence},
};

/// People whom one room takes.
const MAX_PEOPLE: usize = 500;
/// Names that a room remembers of people who may come back.
const MAX_NAMES: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guise {
    Owner,
    Member,
    Guest,
}

#[derive(Clone, Default)]
pub struct Rooms(Arc<Mutex<HashMap<TaskId, Room>>>);

#[derive(Default)]
struct Room {
    /// In the order in which they came, with the number of their tabs.
    people: Vec<(AccountId, usize)>,
    names: HashMap<AccountId, String>,
    members: usize,
    guests: usize,
    stir: watch::Sender<Stir>,
}

/// How often each thing happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stir {
    people: u64,
    comments: u64,
    runs: u64,
}

/// What happened since the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    pub people: bool,
    pub comments: bool,
    pub runs: bool,
}

/// A tab's place in a room; given up when dropped.
pub struct Seat {
    rooms: Rooms,
    pub project_id: TaskId,
    account_id: AccountId,
    stir: watch::Receiver<Stir>,
    seen: Stir,
}

impl Rooms {
    /// `None`: the room is full.
    pub fn enter(&self, project_id: TaskId, account_id: AccountId, guise: Guise) -> Option<Seat> {
        let mut rooms = self.lock();
        let room = rooms.entry(project_id).or_default();
        if let Some((_, tabs)) = room.people.iter_mut().find(|(known, _)| *known == account_id) {
            *tabs += 1;
        } else {
            if room.people.len() >= MAX_PEOPLE {
                return None;
            }
            room.name(account_id, guise);
            room.people.push((account_id, 1));
            room.stir.send_modify(|stir| stir.people += 1);
        }
        let stir = room.stir.subscribe();
        let seen = *stir.borrow();
        Some(Seat { rooms: self.clone(), project_id, account_id, stir, seen })
    }

    /// Something was said, or taken back.
    pub fn said(&self, project_id: TaskId) {
        self.stir(project_id, |stir| stir.comments += 1);
    }

    /// A run began.
    pub fn ran(&self, project_id: TaskId) {
        self.stir(project_id, |stir| stir.runs += 1);
    }

    /// Rooms that somebody is in.
    pub fn open(&self) -> usize {
        self.lock().len()
    }

    fn stir(&self, project_id: TaskId, happen: impl FnOnce(&mut Stir)) {
        if let Some(room) = self.lock().get(&project_id) {
            room.stir.send_modify(happen);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TaskId, Room>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn name(&mut self, account_id: AccountId, guise: Guise) {
        if self.names.contains_key(&account_id) {
            return;
        }
        if self.names.len() >= MAX_NAMES {
            let people = &self.people;
            self.names.retain(|known, _| people.iter().any(|(here, _)| here == known));
        }
        let name = match guise {
            Guise::Owner => "Owner".to_owned(),
            Guise::Member => {
                self.members += 1;
                format!("Member {}", self.members)
            }
            Guise::Guest => {
                self.guests += 1;
                format!("Guest {}", self.guests)
            }
        };
        self.names.insert(account_id, name);
    }
}

impl Seat {
    /// Waits until something happens in the room.
    ///
    /// # Cancel safety
    /// Cancel safe: what happened is told by the next call then.
    pub async fn news(&mut self) -> News {
        loop {
            let now = *self.stir.borrow_and_update();
            let seen = std::mem::replace(&mut self.seen, now);
            if now != seen {
                return News { people: now.people != seen.people, comments: now.comments != seen.comments, runs: now.runs != seen.runs };
            }
            // The sender lives in the room, which this seat keeps.
            let _ = self.stir.changed().await;
        }
    }

    /// Who is here, as this one sees it.
    pub fn presence(&self) -> Presence {
        let rooms = self.rooms.lock();
        let Some(room) = rooms.get(&self.project_id) else { return Presence { people: Vec::new(), count: 0 } };
        let person = |(account_id, _): &(AccountId, usize)| Person {
            name: room.names.get(account_id).cloned().unwrap_or_default(),
            you: *account_id == self.account_id,
        };
        let count = u32::try_from(room.people.len()).unwrap_or(u32::MAX);
        Presence { people: room.people.iter().take(MAX_NAMED).map(person).collect(), count }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = self.rooms.lock();
        let Some(room) = rooms.get_mut(&self.project_id) else { return };
        let Some(index) = room.people.iter().position(|(known, _)| *known == self.account_id) else { return };
        room.people[index].1 -= 1;
        if room.people[index].1 == 0 {
            room.people.remove(index);
            room.stir.send_modify(|stir| stir.people += 1);
        }
        if room.people.is_empty() {
            rooms.remove(&self.project_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Timestamp;

    fn project(number: u8) -> TaskId {
        TaskId::from_parts(Timestamp::default(), &[number; 10])
    }

    fn account(number: u8) -> AccountId {
        AccountId::from_parts(Timestamp::default(), &[number; 10])
    }

    fn names(seat: &Seat) -> Vec<String> {
        seat.presence().people.into_iter().map(|person| person.name + if person.you { "*" } else { "" }).collect()
    }

    #[tokio::test]
    async fn an_account_is_one_person_and_keeps_its_name() {
        let rooms = Rooms::default();
        let mut owner = rooms.enter(project(1), account(1), Guise::Owner).unwrap();
        let second_tab = rooms.enter(project(1), account(1), Guise::Owner).unwrap();
        let ada = rooms.enter(project(1), account(2), Guise::Guest).unwrap();
        assert_eq!(owner.news().await, News { people: true, ..News::default() });
        let bob = rooms.enter(project(1), account(3), Guise::Guest).unwrap();
        let cy = rooms.enter(project(1), account(4), Guise::Member).unwrap();
        let elsewhere = rooms.enter(project(2), account(5), Guise::Guest).unwrap();
        assert_eq!(names(&owner), ["Owner*", "Guest 1", "Guest 2", "Member 1"]);
        assert_eq!(names(&bob), ["Owner", "Guest 1", "Guest 2*", "Member 1"]);
        assert_eq!(names(&elsewhere), ["Guest 1*"]);
        drop((second_tab, ada));
        assert_eq!(names(&owner), ["Owner*", "Guest 2", "Member 1"]);
        let ada = rooms.enter(project(1), account(2), Guise::Guest).unwrap();
        assert_eq!(names(&ada), ["Owner", "Guest 2", "Member 1", "Guest 1*"]);
        assert!(owner.news().await.people);
        drop((owner, ada, bob, cy, elsewhere));
        assert_eq!(rooms.open(), 0);
    }

    #[tokio::test]
    async fn a_stir_is_told_once_and_only_there() {
        let rooms = Rooms::default();
        let mut here = rooms.enter(project(1), account(1), Guise::Owner).unwrap();
        let mut there = rooms.enter(project(2), account(1), Guise::Owner).unwrap();
        rooms.said(project(1));
        rooms.said(project(1));
        rooms.ran(project(1));
        assert_eq!(here.news().await, News { people: false, comments: true, runs: true });
        rooms.said(project(2));
        assert_eq!(there.news().await, News { comments: true, ..News::default() });
        let nothing_more = tokio::time::timeout(std::time::Duration::ZERO, here.news()).await;
        assert!(nothing_more.is_err(), "{nothing_more:?}");
    }

    #[test]
    fn a_room_is_bounded() {
        let rooms = Rooms::default();
        let person = |number: usize| AccountId::from_parts(Timestamp::from_micros(i64::try_from(number).unwrap() * 1000), &[0; 10]);
        let seats: Vec<Seat> = (0..MAX_PEOPLE).map(|number| rooms.enter(project(1), person(number), Guise::Guest).unwrap()).collect();
        assert!(rooms.enter(project(1), person(MAX_PEOPLE), Guise::Guest).is_none());
        assert!(rooms.enter(project(1), person(0), Guise::Guest).is_some(), "another tab");
        let presence = seats[0].presence();
        assert_eq!((presence.people.len(), presence.count), (MAX_NAMED, 500));
    }
}
