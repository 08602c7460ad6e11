//! Patterns that make no engine run for ever.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// Whether backtracking stays polynomial: what is repeated without bound holds no other repetition or choice, unless a sign that
/// nothing else in it can be stands between two turns.
pub fn is_tame(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let long = repetition.max.is_none_or(|max| max > 8);
            is_tame(&repetition.sub) && (!long || is_plain(&repetition.sub) || is_separated(&repetition.sub))
        }
        HirKind::Capture(capture) => is_tame(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_tame),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => true,
    }
}

/// There is one way to match only.
fn is_plain(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => repetition.max == Some(repetition.min) && is_plain(&repetition.sub),
        HirKind::Capture(capture) => is_plain(&capture.sub),
        HirKind::Concat(parts) => parts.iter().all(is_plain),
        HirKind::Alternation(_) => false,
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => true,
    }
}

fn is_separated(hir: &Hir) -> bool {
    let parts = match hir.kind() {
        HirKind::Capture(capture) => return is_separated(&capture.sub),
        HirKind::Concat(parts) => parts,
        _ => return false,
    };
    parts.iter().enumerate().any(|(index, part)| {
        let Some(sign) = sign_of(part) else { return false };
        let mut others = ClassUnicode::empty();
        let rest = parts.iter().enumerate().filter(|(other, _)| *other != index);
        rest.for_each(|(_, other)| collect(other, &mut others));
        let mut common = sign;
        common.intersect(&others);
        common.ranges().is_empty()
    })
}

/// The characters of a part that is always exactly one character.
fn sign_of(hir: &Hir) -> Option<ClassUnicode> {
    let length = hir.properties();
    let single = matches!(hir.kind(), HirKind::Class(_))
        || (matches!(hir.kind(), HirKind::Literal(literal) if std::str::from_utf8(&literal.0).is_ok_and(|text| text.chars().count() == 1)));
    (single && length.minimum_len() > Some(0)).then(|| {
        let mut class = ClassUnicode::empty();
        collect(hir, &mut class);
        class
    })
}

/// All characters that may occur.
fn collect(hir: &Hir, into: &mut ClassUnicode) {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => into.union(class),
        HirKind::Class(Class::Bytes(_)) | HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            let ranges =
                std::str::from_utf8(&literal.0).unwrap_or_default().chars().map(|c| regex_syntax::hir::ClassUnicodeRange::new(c, c));
            into.union(&ClassUnicode::new(ranges));
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, into),
        HirKind::Capture(capture) => collect(&capture.sub, into),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| collect(part, into)),
    }
}
