//! Agents as a graph: who waits for whom, and how each does. A list, in which lines show on wide screens what depends on what.

use leptos::{prelude::*, tachys::html::InertElement};

use super::{progress_bar::ProgressBar, stage_rail::state_word};
use crate::{
    app::{
        figures,
        markup::escaped,
        now::use_now,
        signals::{perhaps, switch, words},
    },
    client::view::Live,
    protocol::{StageSnapshot, StageState},
};

/// More layers or rows than these are no picture any more; the list has them all.
const MAX_LAYERS: usize = 8;
const MAX_ROWS: usize = 6;

/// Where a stage stands, and the stages that it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    layer: usize,
    row: usize,
    after: Vec<usize>,
}

#[component]
pub fn AgentGraph(live: Live) -> impl IntoView {
    // The plan is part of event 1 and never changes.
    let (places, labels) = live.now(|snapshot| {
        let labels: Vec<String> = snapshot.stages.iter().map(|stage| stage.label.clone()).collect();
        (places(&snapshot.stages), labels)
    });
    let lines = InertElement::new(lines(&places));
    let nodes = places.into_iter().enumerate().map(|(index, place)| {
        let after: Vec<&str> = place.after.iter().filter_map(|before| labels.get(*before).map(String::as_str)).collect();
        let waits = if after.is_empty() { String::new() } else { format!("after {}", after.join(", ")) };
        let class = format!("agent layer-{} row-{}", place.layer + 1, place.row + 1);
        view! { <Agent live index class waits /> }
    });
    view! {
        <section class="panel agents-panel" aria-labelledby="agents-title">
            <h2 id="agents-title">"Agents"</h2>
            <div class="agents-frame">
                {lines}
                <ol class="agents">{nodes.collect_view()}</ol>
            </div>
        </section>
    }
}

#[component]
fn Agent(live: Live, index: usize, class: String, waits: String) -> impl IntoView {
    let now = use_now();
    let of =
        move |words: fn(&StageSnapshot) -> String| live.words(move |snapshot| snapshot.stages.get(index).map(words).unwrap_or_default());
    let state = live.part(move |snapshot| snapshot.stages.get(index).map_or(StageState::Waiting, |stage| stage.state));
    let percent = Signal::derive(move || live.snapshot.with(|snapshot| snapshot.stages.get(index).map_or(0, |stage| stage.progress)));
    let (label, name) =
        live.now(|snapshot| snapshot.stages.get(index).map(|stage| (stage.label.clone(), stage.name.clone())).unwrap_or_default());
    let bar_label = format!("Progress of {label}");
    // Where it first said something. What the page does not hold any more is found in the log itself.
    let first_line = live.part(move |snapshot| snapshot.log.iter().find(|line| line.stage.as_deref() == Some(&name)).map(|line| line.seq));
    let href = words(move || first_line.get().map_or_else(|| "?tab=log".into(), |seq| format!("?tab=log#L{seq}")));
    let message = of(|stage| stage.message.clone());
    let attempt = of(|stage| if stage.attempt > 1 { format!("attempt {}", stage.attempt) } else { String::new() });
    let took = words(move || {
        let now = now.get();
        live.snapshot
            .with(|snapshot| {
                let stage = snapshot.stages.get(index)?;
                // What was carried over took no time of this run.
                let from = stage.started_at.filter(|_| stage.attempt > 0)?;
                Some(figures::span(stage.finished_at.unwrap_or(now).ms_since(from)))
            })
            .unwrap_or_default()
    });
    view! {
        <li
            class=class
            data-state=perhaps(move || Some(state_word(state.get())))
            aria-current=perhaps(move || (state.get() == StageState::Running).then_some("step"))
        >
            <p class="agent-head">
                <span class="stage-mark" aria-hidden="true"></span>
                <a class="agent-name" href=href data-noscroll="">
                    {label}
                </a>
                <span class="offscreen">{words(move || format!(": {}", state_word(state.get())))}</span>
            </p>
            <ProgressBar percent label=bar_label text=of(|stage| format!("{} %", stage.progress)) class="bar thin" />
            <div class="agent-foot">
                <p class="agent-message">
                    {message}
                    " "
                    <span class="tag" hidden=switch(move || attempt.get().is_empty())>
                        {attempt}
                    </span>
                </p>
                <span class="agent-time">{took}</span>
            </div>
            <p class="agent-waits">{waits}</p>
        </li>
    }
}

/// Each stage in the layer behind the last of those that it waits for; in a layer, one below the other.
fn places(stages: &[StageSnapshot]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(stages.len());
    let mut rows = vec![0; stages.len() + 1];
    for (index, stage) in stages.iter().enumerate() {
        let after: Vec<usize> = match &stage.after {
            Some(names) => (0..index).filter(|before| names.contains(&stages[*before].name)).collect(),
            None => index.checked_sub(1).into_iter().collect(),
        };
        let layer = after.iter().map(|before| places[*before].layer + 1).max().unwrap_or(0);
        places.push(Place { layer, row: rows[layer], after });
        rows[layer] += 1;
    }
    places
}

/// The lines between them, in units of a hundredth of a layer's width and a row's height; stretched to what the list takes.
fn lines(places: &[Place]) -> String {
    let layers = places.iter().map(|place| place.layer + 1).max().unwrap_or(0);
    let rows = places.iter().map(|place| place.row + 1).max().unwrap_or(0);
    if layers > MAX_LAYERS || rows > MAX_ROWS {
        return r#"<svg class="agent-lines" aria-hidden="true"></svg>"#.to_owned();
    }
    let mut paths = String::new();
    for place in places {
        for before in place.after.iter().filter_map(|before| places.get(*before)) {
            let (from, to) = ((before.layer * 100 + 92, before.row * 100 + 50), (place.layer * 100 + 8, place.row * 100 + 50));
            let bend = to.0 - 12;
            paths.push_str(&format!(
                "<path d=\"M{} {}H{}C{} {} {} {} {} {}\"></path>",
                from.0,
                from.1,
                from.0.max(bend.saturating_sub(20)),
                bend,
                from.1,
                bend,
                to.1,
                to.0,
                to.1
            ));
        }
    }
    let view = escaped(&format!("0 0 {} {}", layers * 100, rows * 100));
    format!(r#"<svg class="agent-lines" aria-hidden="true" focusable="false" preserveAspectRatio="none" viewBox="{view}">{paths}</svg>"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Created, Event, EventBody, Kind, StagePlan, Status, TaskId, TaskSnapshot, Timestamp, event::StatusUpdate};

    fn stages(plan: &[(&str, Option<&[&str]>)]) -> Vec<StageSnapshot> {
        let stage = |(name, after): &(&str, Option<&[&str]>)| StagePlan {
            after: after.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
            ..StagePlan::new(name, name, 10)
        };
        let created = Created {
            kind: Kind::Project,
            title: String::new(),
            source: String::new(),
            stages: plan.iter().map(stage).collect(),
            max_attempts: 1,
            retry_of: None,
        };
        let task_id = TaskId::from_parts(Timestamp::default(), &[0; 10]);
        let body = EventBody::StatusUpdate(StatusUpdate { created: Some(created), ..StatusUpdate::new(Status::Queued, "") });
        TaskSnapshot::fold(task_id, &[Event { task_id, seq: 1, timestamp: Timestamp::default(), body }]).stages
    }

    #[test]
    fn whoever_waits_stands_behind_all_that_it_waits_for() {
        let places = places(&stages(&[
            ("a", Some(&[])),
            ("b", Some(&["a"])),
            ("c", Some(&["a"])),
            ("d", Some(&["b"])),
            ("e", Some(&["c", "d"])),
            ("f", None),
        ]));
        let at: Vec<_> = places.iter().map(|place| (place.layer, place.row)).collect();
        assert_eq!(at, [(0, 0), (1, 0), (1, 1), (2, 0), (3, 0), (4, 0)]);
        assert_eq!(places[4].after, [2, 3]);
        assert_eq!(lines(&places).matches("<path").count(), 6);
    }
}
