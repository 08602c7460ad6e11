//! Who is at work in a room, as the log tells it: `agent_update` made of the stages' own updates.
//!
//! Stages run side by side, so any number of agents may be at work. Each that starts ends once: completed, or failed with its task or with the
//! attempt that it belonged to. What was carried over from an earlier run is told as completed without having started.

use crate::protocol::{
    Event, EventBody, Status, Timestamp,
    event::{AgentState, StatusUpdate},
};

/// One at work.
struct AtWork {
    agent: String,
    since: Timestamp,
    progress: u8,
}

/// What is told before an event, and what after it.
pub(super) type Around = (Vec<EventBody>, Vec<EventBody>);

#[derive(Default)]
pub(super) struct Agents {
    /// In the order in which they started.
    at_work: Vec<AtWork>,
    /// The attempt that they belong to.
    attempt: u32,
}

impl Agents {
    /// What agents did by this event.
    pub fn hear(&mut self, event: &Event) -> Around {
        let at = event.timestamp;
        match &event.body {
            EventBody::StatusUpdate(update) => self.update(update, at),
            EventBody::Completion { status, .. } => {
                let state = if *status == Status::Completed { AgentState::Completed } else { AgentState::Failed };
                (self.end_all(state, at), Vec::new())
            }
            _ => Around::default(),
        }
    }

    fn update(&mut self, update: &StatusUpdate, at: Timestamp) -> Around {
        let Some(stage) = &update.stage else {
            // Back in the queue: whoever was at work was not finished.
            let ended = if update.status == Status::Queued { self.end_all(AgentState::Failed, at) } else { Vec::new() };
            return (ended, Vec::new());
        };
        let is_whole = update.stage_progress == Some(100);
        if update.status == Status::Queued {
            let carried = agent_update(stage, AgentState::Completed, Some(0), Some(100), update.message.clone());
            return (Vec::new(), if is_whole { vec![carried] } else { Vec::new() });
        }
        if self.attempt != update.attempt {
            // Where the end of the attempt before was not heard: who starts now starts anew.
            self.attempt = update.attempt;
            self.at_work.clear();
        }
        let mut started = Vec::new();
        if !self.at_work.iter().any(|one| one.agent == *stage) {
            self.at_work.push(AtWork { agent: stage.clone(), since: at, progress: 0 });
            started.push(agent_update(stage, AgentState::Started, None, Some(0), format!("Starting {stage} agent")));
        }
        let Some(index) = self.at_work.iter().position(|one| one.agent == *stage) else { return (started, Vec::new()) };
        self.at_work[index].progress = self.at_work[index].progress.max(update.stage_progress.unwrap_or(0));
        let completed = if is_whole { vec![end(&self.at_work.remove(index), AgentState::Completed, at)] } else { Vec::new() };
        (started, completed)
    }

    fn end_all(&mut self, state: AgentState, at: Timestamp) -> Vec<EventBody> {
        self.at_work.drain(..).map(|one| end(&one, state, at)).collect()
    }
}

fn end(one: &AtWork, state: AgentState, at: Timestamp) -> EventBody {
    let AtWork { agent, since, progress } = one;
    let duration_ms = u64::try_from(at.ms_since(*since)).unwrap_or(0);
    let seconds = format!("{}.{}s", duration_ms / 1000, duration_ms % 1000 / 100);
    let (word, progress) = if state == AgentState::Completed { ("Completed", 100) } else { ("Failed", *progress) };
    agent_update(agent, state, Some(duration_ms), Some(progress), format!("{word} {agent} agent in {seconds}"))
}

fn agent_update(agent: &str, state: AgentState, duration_ms: Option<u64>, progress: Option<u8>, message: String) -> EventBody {
    EventBody::AgentUpdate { agent: agent.into(), state, duration_ms, progress, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TaskId;

    /// What is told of a log of (second, status, attempt, stage, its percent), `!` before what is told before its event.
    fn told(log: &[(i64, Status, u32, Option<&str>, u8)]) -> Vec<String> {
        let (mut agents, mut told) = (Agents::default(), Vec::new());
        for (seq, (second, status, attempt, stage, percent)) in (1..).zip(log) {
            let at = Timestamp::default().plus_ms(second * 1000);
            let body = if status.is_terminal() {
                EventBody::Completion { status: *status, message: String::new(), result: None, error: None }
            } else {
                let update = StatusUpdate::new(*status, "Carried over");
                let stage = stage.map(str::to_owned);
                EventBody::StatusUpdate(StatusUpdate { attempt: *attempt, stage, stage_progress: Some(*percent), ..update })
            };
            let event = Event { task_id: TaskId::from_parts(at, &[0; 10]), seq, timestamp: at, body };
            let (before, after) = agents.hear(&event);
            for (mark, body) in before.iter().map(|body| ("!", body)).chain(after.iter().map(|body| ("", body))) {
                let EventBody::AgentUpdate { state, message, progress, .. } = body else { panic!("{body:?}") };
                told.push(format!("{mark}{state} {} {message}", progress.unwrap()));
            }
        }
        told
    }

    use Status::{Cancelled, Completed, Failed, Queued, Running};

    #[test]
    fn side_by_side_each_has_its_own_start_and_end() {
        let log = [
            (0, Running, 1, Some("a"), 10),
            (1, Running, 1, Some("b"), 20),
            (2, Running, 1, Some("a"), 50),
            (3, Running, 1, Some("b"), 100),
            (4, Running, 1, Some("a"), 100),
            (5, Running, 1, Some("c"), 100),
            (5, Completed, 0, None, 0),
        ];
        let expected = [
            "!started 0 Starting a agent",
            "!started 0 Starting b agent",
            "completed 100 Completed b agent in 2.0s",
            "completed 100 Completed a agent in 4.0s",
            "!started 0 Starting c agent",
            "completed 100 Completed c agent in 0.0s",
        ];
        assert_eq!(told(&log), expected);
    }

    #[test]
    fn whoever_is_at_work_fails_with_the_task() {
        for status in [Failed, Cancelled] {
            let log = [(0, Running, 1, Some("a"), 30), (1, Running, 1, Some("b"), 60), (3, status, 0, None, 0)];
            let expected = [
                "!started 0 Starting a agent",
                "!started 0 Starting b agent",
                "!failed 30 Failed a agent in 3.0s",
                "!failed 60 Failed b agent in 2.0s",
            ];
            assert_eq!(told(&log), expected);
        }
    }

    #[test]
    fn an_attempt_s_end_ends_its_agents_and_the_next_starts_them_anew() {
        let log = [
            (0, Running, 1, Some("a"), 30),
            (1, Queued, 1, None, 0),
            (2, Running, 2, None, 0),
            (3, Running, 2, Some("a"), 5),
            (4, Running, 2, Some("a"), 100),
        ];
        let expected = [
            "!started 0 Starting a agent",
            "!failed 30 Failed a agent in 1.0s",
            "!started 0 Starting a agent",
            "completed 100 Completed a agent in 1.0s",
        ];
        assert_eq!(told(&log), expected);
        // Somebody who did not hear the end between.
        let unheard = [(0, Running, 1, Some("a"), 30), (3, Running, 2, Some("a"), 5)];
        assert_eq!(told(&unheard), ["!started 0 Starting a agent", "!started 0 Starting a agent"]);
    }

    #[test]
    fn what_was_carried_over_is_completed_without_a_start() {
        let log = [(0, Queued, 0, Some("a"), 100), (1, Running, 1, Some("b"), 100)];
        assert_eq!(told(&log), ["completed 100 Carried over", "!started 0 Starting b agent", "completed 100 Completed b agent in 0.0s"]);
    }
}
