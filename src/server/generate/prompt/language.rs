//! Which language a prompt is written in, told by its small words.

use super::words::{KNOWN, OTHERS, Words};

/// Words that are looked at; enough to tell, few enough to be quick.
const SAMPLE_WORDS: usize = 2_000;

/// The language's rules, or `None` for a language that they do not know.
pub fn detect(text: &str) -> Option<&'static Words> {
    let mut hits = [0_usize; KNOWN.len()];
    let mut others = vec![0_usize; OTHERS.len()];
    let mut letters = 0_usize;
    let mut latin = 0_usize;
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’')).filter(|word| !word.is_empty()).take(SAMPLE_WORDS) {
        letters += word.chars().filter(|c| c.is_alphabetic()).count();
        latin += word.chars().filter(|c| c.is_alphabetic() && u32::from(*c) < 0x250).count();
        let word = word.to_lowercase();
        for (count, words) in hits.iter_mut().zip(KNOWN) {
            let verb = words.verbs.iter().any(|(_, verbs)| verbs.contains(&word.as_str()));
            *count += usize::from(words.stop.contains(&word.as_str())) + usize::from(verb);
        }
        for (count, words) in others.iter_mut().zip(OTHERS) {
            *count += usize::from(words.contains(&word.as_str()));
        }
    }
    if latin * 2 < letters {
        return None;
    }
    let (best, most) = hits.into_iter().enumerate().max_by_key(|(index, count)| (*count, std::cmp::Reverse(*index)))?;
    let stranger = others.into_iter().max().unwrap_or_default();
    // A tie goes to the known language when there is little to judge by.
    (most > 0 && (most > stranger || (most == stranger && most < 4))).then(|| KNOWN[best])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, code) in [
            ("write a poem about the sea", "en"),
            ("Schreib mir bitte ein Gedicht über das Meer", "de"),
            ("Écris un poème sur la mer, s'il te plaît", "fr"),
            ("Escribe un poema sobre el mar para niños", "es"),
            ("Summarize this", "en"),
            ("Scrivi una poesia sul mare per i bambini, che non sia lunga", ""),
            ("Escreva um poema sobre o mar para as crianças, não muito longo", ""),
            ("Schrijf een gedicht over de zee voor kinderen", ""),
            ("Napisz wiersz o morzu dla dzieci, który nie jest długi", ""),
            ("海についての詩を書いてください", ""),
            ("Напиши стихотворение о море", ""),
            ("1234 5678", ""),
        ] {
            assert_eq!(detect(text).map_or("", |words| words.code), code, "{text}");
        }
    }
}
