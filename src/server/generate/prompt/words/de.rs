//! German.

use super::{Part, Words, Work};

// Word lists, packed: one word a line would be hundreds of lines.
#[rustfmt::skip]
pub const WORDS: Words = Words {
    code: "de",
    name: "German",
    stop: &[
        "der", "die", "das", "ein", "eine", "einen", "einem", "einer", "und", "ist", "nicht", "für", "mit", "von", "zu", "auf", "ich",
        "du", "mir", "mich", "es", "im", "den", "dem", "des", "soll", "sollte", "sollen", "über", "bitte", "wie", "was", "als", "auch",
        "bei", "wir", "unser", "unsere", "kein", "keine", "schreibe", "schreib", "erstelle", "sind", "oder", "aus", "wenn", "dass",
    ],
    headings: &[
        (Part::Role, &["Rolle"]),
        (Part::Task, &["Aufgabe", "Ziel", "Auftrag", "Anweisung", "Anweisungen"]),
        (Part::Context, &["Kontext", "Hintergrund", "Situation", "Ausgangslage"]),
        (Part::Audience, &["Zielgruppe", "Publikum", "Leser"]),
        (Part::Inputs, &["Eingaben", "Eingabe", "Daten", "Text", "Material", "Quelle"]),
        (Part::Constraints, &["Vorgaben", "Einschränkungen", "Regeln", "Anforderungen", "Bedingungen", "Rahmenbedingungen"]),
        (Part::Tone, &["Ton", "Stil", "Tonfall", "Tonalität"]),
        (Part::Format, &["Ausgabeformat", "Format", "Ausgabe", "Antwortformat", "Ergebnis"]),
        (Part::Examples, &["Beispiele", "Beispiel"]),
        (Part::Success, &["Erfolgskriterien", "Qualitätskriterien", "Abnahmekriterien"]),
    ],
    cues: &[
        (
            Part::Examples,
            &["zum beispiel", "z. b.", "z.b.", "beispielsweise", "beispiel:", "beispiele:", "hier ist ein beispiel", "etwa so"],
        ),
        (
            Part::Success,
            &[
                "gelungen, wenn", "gut ist es, wenn", "erfolgreich, wenn", "fertig, wenn", "alle tests", "richtig, wenn",
                "daran erkenne ich", "muss kompilieren", "ziel erreicht",
            ],
        ),
        (
            Part::Format,
            &[
                "format", "json", "markdown", "csv", "yaml", "xml", "html", "tabelle", "als tabelle", "stichpunkt*", "stichwort*",
                "aufzählung", "als liste", "liste mit", "ausgabe", "gib nur", "antworte mit", "antworte nur", "wörter", "worte",
                "wörtern", "seiten", "seite", "zeichen", "absätze*", "absatz", "sätze*", "spalten", "überschriften",
            ],
        ),
        (
            Part::Audience,
            &[
                "zielgruppe", "leser*", "publikum", "für anfänger*", "anfänger*", "für kinder", "für experten", "für entwickler*",
                "für studierende", "für studenten", "für kunden", "für laien", "laien", "für nutzer*", "für menschen", "jährige*",
                "für eltern", "für meinen chef", "für kollegen", "für unser team", "für einsteiger*", "für schüler*", "gerichtet an",
                "für führungskräfte",
            ],
        ),
        (
            Part::Role,
            &[
                "du bist ein*", "du bist der", "du bist die", "sie sind ein*", "agiere als", "handle als", "verhalte dich wie",
                "stell dir vor, du", "deine rolle", "in der rolle",
            ],
        ),
        (
            Part::Tone,
            &[
                "tonfall", "ton", "tonalität", "freundlich*", "förmlich*", "formell*", "locker*", "humorvoll*", "lustig*",
                "professionell*", "sachlich*", "ernst*", "stil", "höflich*", "duzen", "siezen", "begeistert*",
            ],
        ),
        (
            Part::Inputs,
            &[
                "hier ist der", "hier ist die", "hier ist das", "hier sind die", "hier ist mein*", "folgende*", "unten stehende*",
                "untenstehende*", "eingabe", "anbei", "dieser text", "diesen text", "diese daten", "dieser code", "diesen code", "text:",
                "daten:", "diese liste", "diese e-mail",
            ],
        ),
        (
            Part::Constraints,
            &[
                "muss", "müssen", "darf", "dürfen", "soll", "sollen", "sollte", "sollten", "nicht", "kein*", "nie", "niemals",
                "vermeide*", "ohne", "nur", "höchstens", "maximal", "mindestens", "achte darauf", "stelle sicher", "immer", "verwende*",
                "benutze*", "nutze", "halte dich", "halte es", "weniger als", "mehr als", "bis zu", "budget", "frist", "erwähne*",
                "lass", "verzichte*",
            ],
        ),
        (
            Part::Context,
            &[
                "ich bin", "wir sind", "wir haben", "ich habe", "mein unternehmen", "unser unternehmen", "meine firma", "unsere firma",
                "unser team", "mein team", "hintergrund", "kontext", "derzeit", "aktuell", "weil", "da wir", "wir nutzen",
                "wir verwenden", "ich arbeite", "wir arbeiten", "wir verkaufen", "das projekt", "unser produkt", "mein chef",
                "letzte woche", "letztes jahr", "ich betreibe", "wir betreiben", "python", "rust", "javascript", "typescript", "java",
                "postgres*", "linux", "windows", "react", "django",
            ],
        ),
    ],
    verbs: &[
        (
            Work::Text,
            &[
                "schreibe", "schreib", "schreiben", "verfasse", "verfassen", "erstelle", "erstell", "erstellen", "entwirf", "entwerfe",
                "formuliere", "formulieren", "generiere", "erzeuge", "mach", "mache", "plane", "skizziere", "liste", "nenne", "gib",
                "erfinde", "antworte", "schlage", "schlag", "überlege", "ich brauche", "wir brauchen", "ich möchte", "ich will",
                "ich hätte gern", "kannst du", "könntest du", "entwickle eine idee", "sammle",
            ],
        ),
        (
            Work::Code,
            &[
                "implementiere", "programmiere", "programmier", "code", "baue", "bau", "behebe", "debugge", "refaktoriere", "optimiere",
                "teste", "entwickle", "konfiguriere", "automatisiere", "migriere", "füge",
            ],
        ),
        (
            Work::Explain,
            &[
                "erkläre", "erklär", "erklären", "beschreibe", "beschreib", "zeige", "zeig", "vergleiche", "vergleich", "diskutiere",
                "beantworte", "hilf", "empfiehl", "definiere", "berate", "bewerte", "erläutere", "wie", "was", "warum", "wann", "welche",
                "welcher", "welches", "wer", "wo",
            ],
        ),
        (
            Work::Transform,
            &[
                "fasse", "fass", "übersetze", "übersetz", "überarbeite", "überarbeit", "extrahiere", "klassifiziere", "wandle", "wandel",
                "kürze", "kürz", "korrigiere", "korrigier", "analysiere", "analysier", "prüfe", "prüf", "verbessere", "verbesser",
                "sortiere", "ordne", "lies", "finde", "lektoriere",
            ],
        ),
    ],
    openers: &["wärst du so nett und", "sei so gut und", "sei so nett und", "einfach"],
    pleas: &["bitte", "hallo,", "hi,", "hey,", "guten tag,", "guten morgen,", "also,"],
    closers: &[
        "bitte", "danke", "vielen dank", "danke im voraus", "vielen dank im voraus", "danke schön", "dankeschön", "besten dank",
        "danke dir",
    ],
    courtesies: &[
        "hallo", "hi", "hey", "guten tag", "guten morgen", "guten abend", "servus", "moin", "danke", "vielen dank", "danke im voraus",
        "vielen dank im voraus", "danke schön", "dankeschön", "besten dank", "herzlichen dank", "liebe grüße", "viele grüße",
        "ich hoffe, es geht dir gut", "wie geht es dir", "bitte hilf mir", "danke dir",
    ],
    vague: &[
        ("kurz", Part::Constraints, "wie kurz, in Wörtern oder Sätzen?"),
        ("kurzen", Part::Constraints, "wie kurz, in Wörtern oder Sätzen?"),
        ("kurze", Part::Constraints, "wie kurz, in Wörtern oder Sätzen?"),
        ("lang", Part::Constraints, "wie lang, in Wörtern oder Seiten?"),
        ("ausführlich", Part::Constraints, "wie ausführlich, und zu welchen Punkten?"),
        ("gut", Part::Success, "in welcher Hinsicht gut?"),
        ("guten", Part::Success, "in welcher Hinsicht gut?"),
        ("gute", Part::Success, "in welcher Hinsicht gut?"),
        ("besser", Part::Success, "in welcher Hinsicht besser?"),
        ("schön", Part::Success, "was macht es schön?"),
        ("schönen", Part::Success, "was macht es schön?"),
        ("interessant", Part::Success, "interessant für wen?"),
        ("professionell", Part::Tone, "welcher Ton genau?"),
        ("einige", Part::Constraints, "wie viele?"),
        ("ein paar", Part::Constraints, "wie viele?"),
        ("mehrere", Part::Constraints, "wie viele?"),
        ("viele", Part::Constraints, "wie viele?"),
        ("usw.", Part::Constraints, "was gehört noch dazu?"),
        ("etc.", Part::Constraints, "was gehört noch dazu?"),
        ("und so weiter", Part::Constraints, "was gehört noch dazu?"),
        ("sachen", Part::Constraints, "welche genau?"),
        ("dinge", Part::Constraints, "welche genau?"),
        ("schnell", Part::Success, "wie schnell, und woran gemessen?"),
        ("modern", Part::Constraints, "was gilt als modern?"),
        ("bald", Part::Constraints, "bis wann?"),
    ],
    questions: &[
        (Part::Role, "wessen Fachwissen soll die Antwort haben?"),
        (Part::Task, "was genau soll getan werden?"),
        (Part::Context, "was muss man wissen: Lage, Werkzeuge und Versionen, was schon versucht wurde?"),
        (Part::Audience, "wer liest das, und was ist schon bekannt?"),
        (Part::Inputs, "hier das Material einfügen, um das es geht"),
        (Part::Constraints, "was ist einzuhalten: Länge, Grenzen, was wegbleiben soll?"),
        (Part::Tone, "welcher Ton?"),
        (Part::Format, "Länge und Form der Antwort: Liste, Tabelle, Fließtext, Datei?"),
        (Part::Examples, "ein Beispiel, das gefällt"),
        (Part::Success, "woran ist zu erkennen, dass das Ergebnis stimmt?"),
    ],
    what_means: "„{}“",
};
