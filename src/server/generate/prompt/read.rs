//! Takes a prompt apart: which of its sentences and blocks are task, role, audience, context and so on.
//!
//! What stands before the first heading becomes [`Unit`]s, each of one part; from the first heading on the text has a structure
//! of its own, which is kept. Material after "here is the text:" is never read as instructions.

use super::{
    blocks::{self, Block, Shape},
    cues::{Parts, cues, is_sequel, measured, signals_of, work_of},
    literals::{Literals, prose},
    part::{Part, Work},
    phrases::{begins, has, plain},
    sentences::sentences,
    words::{KNOWN, Words},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Sentence,
    /// A list item, with its marker.
    Item,
    /// Kept as it stands: code, tables, data, a list with the sentence that announces it.
    Block,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub text: String,
    pub part: Part,
    /// Everything that it says something about.
    pub signals: Parts,
    pub form: Form,
    /// Whether it begins a line in the original.
    pub line: bool,
}

#[derive(Clone, Debug)]
pub struct Reading {
    pub words: &'static Words,
    pub units: Vec<Unit>,
    /// From the first heading on.
    pub tail: Vec<Block>,
    /// Parts with words of their own under a heading in the tail.
    pub headed: Parts,
    /// Parts that are only asked for by a placeholder.
    pub asked: Parts,
    /// Parts that something is said about, wherever.
    pub signals: Parts,
    pub work: Option<Work>,
}

pub fn read(text: &str, words: &'static Words) -> Reading {
    let mut names: Vec<&Words> = vec![words];
    names.extend(KNOWN.iter().filter(|known| known.code != words.code));
    let mut blocks = blocks::split(text, &names);
    let first = blocks.iter().position(|block| matches!(block.shape, Shape::Heading(_))).unwrap_or(blocks.len());
    let tail = blocks.split_off(first);
    let mut reader = Reader { words, units: Vec::new(), work: None };
    reader.take(&blocks);
    let Reader { mut units, mut work, .. } = reader;
    let (mut headed, mut asked, mut signals) = (Parts::default(), Parts::default(), Parts::default());
    for unit in &units {
        signals = signals.union(unit.signals);
    }
    let mut part = None;
    for block in &tail {
        let text = match block.shape {
            Shape::Heading(of) => {
                part = of;
                // `Role: you are a cook` has its words on the line itself.
                let Some((_, text)) =
                    block.text.split_once(':').filter(|(_, text)| of.is_some() && !text.trim_matches(['*', ' ']).is_empty())
                else {
                    continue;
                };
                text
            }
            _ => &block.text,
        };
        let open = text.lines().all(|line| placeholder(line).is_some() || line.trim().is_empty());
        match part {
            Some(part) if open => asked.insert(part),
            Some(part) => headed.insert(part),
            None => {}
        }
        if open || block.shape == Shape::Verbatim || matches!(part, Some(Part::Inputs | Part::Examples)) {
            continue;
        }
        for sentence in sentences(text) {
            let plain = plain(&prose(bare(sentence.text)));
            signals = signals.union(signals_of(&plain, words));
            if work.is_none() && matches!(part, Some(Part::Task) | None) {
                work = work_of(&plain, words, true);
            }
        }
    }
    if !headed.contains(Part::Task) {
        promote(&mut units, words);
    }
    // Quotations, variables and blocks are material.
    if tail.iter().any(|block| block.shape == Shape::Verbatim) || Literals::of(text).has_material() {
        signals.insert(Part::Inputs);
    }
    for unit in &units {
        signals.insert(unit.part);
    }
    Reading { words, units, tail, headed, asked, signals: signals.union(headed), work }
}

impl Reading {
    /// What stands under headings and tells what to do: part and place of paragraphs and list items, without material.
    pub fn instructions(&self) -> impl Iterator<Item = (Option<Part>, usize)> + '_ {
        let mut part = None;
        self.tail.iter().enumerate().filter_map(move |(index, block)| match block.shape {
            Shape::Heading(named) => {
                part = named;
                None
            }
            Shape::Paragraph | Shape::Item if !matches!(part, Some(Part::Inputs | Part::Examples)) => Some((part, index)),
            _ => None,
        })
    }
}

/// `[Audience: who reads this?]`, with or without a list marker: what is in the brackets.
pub fn placeholder(line: &str) -> Option<&str> {
    let inside = bare(line).strip_prefix('[')?.strip_suffix(']')?;
    (inside.contains(':') && !inside.contains(['[', ']'])).then_some(inside)
}

/// A line without its list marker.
pub fn bare(line: &str) -> &str {
    blocks::marker(line).map_or(line, |marker| &line[marker.len()..]).trim()
}

struct Reader {
    words: &'static Words,
    units: Vec<Unit>,
    work: Option<Work>,
}

impl Reader {
    fn take(&mut self, blocks: &[Block]) {
        let mut index = 0;
        while index < blocks.len() {
            let block = &blocks[index];
            index += 1;
            match block.shape {
                Shape::Paragraph => {
                    let found = sentences(&block.text);
                    let Some((last, before)) = found.split_last() else { continue };
                    for sentence in before {
                        self.sentence(sentence.text, sentence.line, false);
                    }
                    let announced = if last.text.ends_with(':') { self.announced(last.text, &blocks[index..]) } else { 0 };
                    if announced == 0 {
                        self.sentence(last.text, last.line, false);
                        continue;
                    }
                    let group = &blocks[index..index + announced];
                    index += announced;
                    self.announcement(last.text, last.line, group);
                }
                Shape::Item => self.item(&block.text),
                Shape::Verbatim | Shape::Heading(_) => {
                    let part = self
                        .units
                        .last()
                        .map_or(Part::Inputs, |unit| if unit.part == Part::Examples { Part::Examples } else { Part::Inputs });
                    let mut signals = Parts::default();
                    signals.insert(part);
                    self.units.push(Unit { text: block.text.clone(), part, signals, form: Form::Block, line: true });
                }
            }
        }
    }

    /// A sentence with what it announces: material stands by itself when the sentence is the task, else both are one.
    fn announcement(&mut self, sentence: &str, line: bool, group: &[Block]) {
        let before = self.units.len();
        self.sentence(sentence, line, true);
        let list = group.iter().all(|block| block.shape == Shape::Item);
        let Some(unit) = self.units.get_mut(before) else { return };
        if unit.part == Part::Task && !list {
            unit.form = Form::Sentence;
            let mut signals = Parts::default();
            signals.insert(Part::Inputs);
            self.units.push(Unit { text: blocks::join(group), part: Part::Inputs, signals, form: Form::Block, line: true });
            return;
        }
        let gap = group.first().is_some_and(|block| block.gap);
        unit.text.push_str(if gap { "\n\n" } else { "\n" });
        unit.text.push_str(&blocks::join(group));
    }

    /// How many of the blocks belong to a sentence that ends in a colon: all that is material, else one list or block.
    fn announced(&self, sentence: &str, rest: &[Block]) -> usize {
        let sentence = plain(sentence);
        let material = [Part::Inputs, Part::Examples].into_iter().any(|part| cues(self.words, part).iter().any(|cue| has(&sentence, cue)));
        match rest.first().map(|block| block.shape) {
            Some(Shape::Item) => rest.iter().take_while(|block| block.shape == Shape::Item).count(),
            Some(Shape::Verbatim) => 1,
            Some(Shape::Paragraph) if material => rest.len(),
            _ => 0,
        }
    }

    fn sentence(&mut self, text: &str, line: bool, block: bool) {
        let sentence = plain(&prose(text));
        let (part, mut signals) = self.classify(&sentence, line);
        signals.insert(part);
        let form = if block { Form::Block } else { Form::Sentence };
        self.units.push(Unit { text: text.to_owned(), part, signals, form, line });
    }

    fn item(&mut self, text: &str) {
        // The order of a numbered list says something: it stays with what stands before it.
        let numbered = text.trim_start().starts_with(|c: char| c.is_ascii_digit());
        let sentence = plain(&prose(bare(text)));
        let (mut part, mut signals) = self.classify(&sentence, true);
        if numbered || placeholder(text).is_some() {
            part = self.units.last().map_or(Part::Task, |unit| unit.part);
        } else if part == Part::Context && !signals.contains(Part::Context) && !self.units.is_empty() {
            // Items that follow an order are its conditions.
            part = Part::Constraints;
        }
        signals.insert(part);
        self.units.push(Unit { text: text.to_owned(), part, signals, form: Form::Item, line: true });
    }

    fn classify(&mut self, sentence: &str, line: bool) -> (Part, Parts) {
        let words = self.words;
        let mut signals = signals_of(sentence, words);
        let first_task = !self.units.iter().any(|unit| unit.part == Part::Task);
        let work = work_of(sentence, words, first_task);
        if work.is_some() {
            signals.insert(Part::Task);
            self.work = self.work.or(work);
        }
        if let Some(part) = sentence.split_once(':').filter(|(name, _)| name.len() <= 40).and_then(|(name, _)| words.named(name)) {
            return (part, signals);
        }
        let begun = [Part::Role, Part::Examples, Part::Inputs, Part::Format, Part::Constraints, Part::Context]
            .into_iter()
            .find(|part| cues(words, *part).iter().any(|cue| begins(sentence, cue) && measured(cue, sentence)));
        // The first order is the task, even when it begins like a condition ("format this code", "use …").
        if work.is_some() && (first_task && begun != Some(Part::Role) || begun.is_none()) {
            return (Part::Task, signals);
        }
        if let Some(part) = begun {
            return (part, signals);
        }
        let priority =
            [Part::Role, Part::Success, Part::Audience, Part::Tone, Part::Format, Part::Inputs, Part::Constraints, Part::Context];
        if let Some(part) = priority.into_iter().find(|part| signals.contains(*part)) {
            return (part, signals);
        }
        if sentence.ends_with('?') {
            return (Part::Task, signals);
        }
        let before = self.units.last().map(|unit| unit.part).filter(|part| !matches!(part, Part::Role | Part::Inputs));
        if is_sequel(sentence) && before.is_some() {
            return (before.unwrap_or(Part::Context), signals);
        }
        // What says nothing by itself goes on with what stands before it on the line.
        (before.filter(|_| !line).unwrap_or(Part::Context), signals)
    }
}

/// Some sentence is the task: the first with a verb of work in it, else the first.
fn promote(units: &mut [Unit], words: &Words) {
    if units.iter().any(|unit| unit.part == Part::Task) {
        return;
    }
    let verb = |unit: &Unit| {
        let sentence = plain(&unit.text);
        unit.form == Form::Sentence && words.verbs.iter().any(|(_, verbs)| verbs.iter().any(|verb| verb.len() > 3 && has(&sentence, verb)))
    };
    let index = units.iter().position(verb).or_else(|| units.iter().position(|unit| unit.form == Form::Sentence));
    if let Some(index) = index {
        units[index].part = Part::Task;
    }
}
