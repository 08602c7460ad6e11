//! Values that match a pattern: whether there are any of a length, and as many different ones as are asked for.
//!
//! Each part of a pattern knows the lengths that it can have, as a set of bits; a value is then put together along lengths that
//! are known to work. Every value is matched once more before it is handed out.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

use super::Pattern;

/// Values longer than this are not made.
pub const MAX_LENGTH: u32 = 512;
/// A length that reads well.
const PLEASANT: u32 = 8;
/// Attempts in a row that bring nothing new, after which another length is tried.
const MAX_REPEATS: u32 = 8;
/// Characters of a class that values are made of.
const MAX_MEMBERS: usize = 36;

pub fn examples(pattern: &Pattern, min_length: u32, max_length: u32, count: usize) -> Vec<String> {
    let cap = max_length.min(MAX_LENGTH);
    let part = Part::new(&pattern.hir, cap);
    let mut lengths: Vec<u32> = (min_length..=cap).filter(|length| part.lengths.has(*length)).collect();
    lengths.sort_by_key(|length| length.abs_diff(PLEASANT));
    let mut found: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    // Most of them with the first length; the others are for patterns that have few values of each.
    let mut attempts = count * 8 + 64;
    for length in lengths {
        let mut repeats = 0;
        for seed in 0..(count as u64).saturating_mul(2).max(4) {
            if found.len() >= count {
                return found;
            }
            if repeats > MAX_REPEATS {
                break;
            }
            if attempts == 0 {
                return found;
            }
            attempts -= 1;
            let mut text = String::new();
            if part.write(length, &mut Choice(seed), &mut text).is_some() && pattern.matches(&text) && seen.insert(text.clone()) {
                found.push(text);
                repeats = 0;
            } else {
                repeats += 1;
            }
        }
    }
    found
}

/// A number as a row of choices: different numbers make different choices, as long as there are choices.
struct Choice(u64);

impl Choice {
    fn of(&mut self, options: usize, place: usize) -> usize {
        let options = options.max(1);
        let digit = usize::try_from(self.0 % options as u64).unwrap_or_default();
        self.0 /= options as u64;
        (digit + place) % options
    }
}

/// Of 64 bits each, for all lengths.
const WORDS: u32 = MAX_LENGTH / 64 + 1;

/// Lengths from 0 to `MAX_LENGTH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lengths([u64; WORDS as usize]);

impl Lengths {
    const NONE: Self = Self([0; WORDS as usize]);

    fn only(length: u32) -> Self {
        let mut set = Self::NONE;
        set.insert(length);
        set
    }

    fn insert(&mut self, length: u32) {
        if length <= MAX_LENGTH {
            self.0[length as usize / 64] |= 1 << (length % 64);
        }
    }

    fn has(&self, length: u32) -> bool {
        length <= MAX_LENGTH && self.0[length as usize / 64] & (1 << (length % 64)) != 0
    }

    fn all(&self) -> impl Iterator<Item = u32> + '_ {
        (0..=MAX_LENGTH).filter(|length| self.has(*length))
    }

    fn with(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
        self
    }

    /// The sums of a length of the one and a length of the other, up to `cap`.
    fn plus(&self, other: &Self, cap: u32) -> Self {
        let mut sums = Self::NONE;
        for length in self.all() {
            let (words, bits) = (length as usize / 64, length % 64);
            for index in words..sums.0.len() {
                let low = other.0[index - words] << bits;
                let high = if bits > 0 && index > words { other.0[index - words - 1] >> (64 - bits) } else { 0 };
                sums.0[index] |= low | high;
            }
        }
        for length in cap + 1..WORDS * 64 {
            sums.0[length as usize / 64] &= !(1 << (length % 64));
        }
        sums
    }

    /// `turns` times.
    fn times(&self, mut turns: u32, cap: u32) -> Self {
        let (mut product, mut base) = (Self::only(0), *self);
        while turns > 0 {
            if turns & 1 == 1 {
                product = product.plus(&base, cap);
            }
            base = base.plus(&base, cap);
            turns >>= 1;
        }
        product
    }
}

/// A part of a pattern, with the lengths that it can have.
struct Part {
    lengths: Lengths,
    cap: u32,
    kind: Kind,
}

enum Kind {
    Literal(String),
    Members(Vec<char>),
    /// The parts, and the lengths that each can have together with all behind it.
    Row(Vec<Part>, Vec<Lengths>),
    Choice(Vec<Part>),
    Repeated(Box<Part>, u32, u32),
}

impl Part {
    fn new(hir: &Hir, cap: u32) -> Self {
        let (lengths, kind) = match hir.kind() {
            HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => (Lengths::only(0), Kind::Literal(String::new())),
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0).into_owned();
                (Lengths::only(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)), Kind::Literal(text))
            }
            HirKind::Class(Class::Unicode(class)) => {
                let members = members(class);
                (if members.is_empty() { Lengths::NONE } else { Lengths::only(1) }, Kind::Members(members))
            }
            HirKind::Capture(capture) => return Self::new(&capture.sub, cap),
            HirKind::Concat(parts) => {
                let parts: Vec<Self> = parts.iter().map(|part| Self::new(part, cap)).collect();
                let mut behind = vec![Lengths::only(0)];
                for part in parts.iter().rev() {
                    let last = behind.last().copied().unwrap_or(Lengths::NONE);
                    behind.push(part.lengths.plus(&last, cap));
                }
                behind.reverse();
                (behind.first().copied().unwrap_or(Lengths::NONE), Kind::Row(parts, behind))
            }
            HirKind::Alternation(parts) => {
                let parts: Vec<Self> = parts.iter().map(|part| Self::new(part, cap)).collect();
                (parts.iter().fold(Lengths::NONE, |all, part| all.with(&part.lengths)), Kind::Choice(parts))
            }
            HirKind::Repetition(repetition) => {
                let part = Self::new(&repetition.sub, cap);
                let most = repetition.max.unwrap_or_else(|| repetition.min.max(cap));
                let more = part.lengths.with(&Lengths::only(0)).times(most.saturating_sub(repetition.min), cap);
                let lengths = part.lengths.times(repetition.min, cap).plus(&more, cap);
                (lengths, Kind::Repeated(Box::new(part), repetition.min, most))
            }
        };
        Self { lengths, cap, kind }
    }

    /// Writes a text of this length.
    fn write(&self, length: u32, choice: &mut Choice, text: &mut String) -> Option<()> {
        if !self.lengths.has(length) {
            return None;
        }
        match &self.kind {
            Kind::Literal(literal) => text.push_str(literal),
            Kind::Members(members) => text.push(*members.get(choice.of(members.len(), text.len()))?),
            Kind::Choice(parts) => {
                let fitting: Vec<&Self> = parts.iter().filter(|part| part.lengths.has(length)).collect();
                fitting.get(choice.of(fitting.len(), 0))?.write(length, choice, text)?;
            }
            Kind::Row(parts, behind) => {
                let mut left = length;
                for (part, behind) in parts.iter().zip(behind.iter().skip(1)) {
                    let own = part.lengths.all().find(|own| *own <= left && behind.has(left - own))?;
                    part.write(own, choice, text)?;
                    left -= own;
                }
            }
            Kind::Repeated(part, least, most) => {
                let mut left = length;
                for own in self.turns(part, *least, *most, length)? {
                    part.write(own, choice, text)?;
                    left = left.saturating_sub(own);
                }
                return (left == 0).then_some(());
            }
        }
        Some(())
    }

    /// The lengths of the turns of a repetition that add up to `length`.
    fn turns(&self, part: &Self, least: u32, most: u32, length: u32) -> Option<Vec<u32>> {
        let mut possible = part.lengths.all();
        let (first, second) = (possible.next(), possible.next());
        if let (Some(only), None) = (first, second) {
            let count = length.checked_div(only).unwrap_or(least);
            return (least..=most).contains(&count).then(|| vec![only; count as usize]);
        }
        // What any number of turns can add up to, one turn after the other.
        let mut sums = vec![Lengths::only(0)];
        while sums.len() <= most as usize && !(sums.len() > least as usize && sums.last()?.has(length)) {
            let next = part.lengths.plus(sums.last()?, self.cap);
            sums.push(next);
        }
        let count = (least as usize..sums.len()).find(|count| sums[*count].has(length))?;
        let mut left = length;
        let mut turns = Vec::with_capacity(count);
        for behind in (0..count).rev() {
            let own = part.lengths.all().find(|own| *own <= left && sums[behind].has(left - own))?;
            turns.push(own);
            left -= own;
        }
        Some(turns)
    }
}

/// Characters of a class: letters and digits where it has some, otherwise what can be seen, otherwise anything.
fn members(class: &ClassUnicode) -> Vec<char> {
    let has = |c: &char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(c));
    let plain: Vec<char> = ('a'..='z').chain('0'..='9').chain('A'..='Z').filter(has).take(MAX_MEMBERS).collect();
    if !plain.is_empty() {
        return plain;
    }
    let signs: Vec<char> = ('!'..='~').filter(has).take(MAX_MEMBERS).collect();
    if !signs.is_empty() {
        return signs;
    }
    let other = class.ranges().iter().flat_map(|range| (range.start()..=range.end()).take(MAX_MEMBERS));
    let mut other: Vec<char> = other.filter(|c| !c.is_control() && u32::from(*c) <= 0xFFFF).take(MAX_MEMBERS).collect();
    // A blank at an end of a value is easily lost.
    other.sort_by_key(|c| c.is_whitespace());
    other
}
