//! German briefs, word for word: enough for lists of things and what is known of them.

/// German and English; the rest stays as it is, and becomes a name as it is.
const WORDS: &str = "nummer:number notiz:note notizen:notes bemerkung:remark zum:to von:of zur:to rezepten:recipes büchern:books produkten:products mit:with und:and ein:a eine:a einen:a einer:a der:the die:the das:the den:the jedes:each jede:each jeder:each hat:has haben:have \
    viele:many mehrere:several für:for gehört:belongs gehören:belong zu:to einem:a enthält:contains ich:i möchte:want will:want \
    verwalten:manage verwaltet:manages verfolgen:track brauche:need wir:we app:app anwendung:app \
    bibliothek:library bücherei:library buch:book bücher:books autor:author autoren:authors ausleihe:loan ausleihen:loans leser:member \
    mitglied:member mitglieder:members titel:title jahr:year name:name namen:name datum:date fälligkeitsdatum:due_date rückgabedatum:due_date \
    laden:shop geschäft:shop produkt:product produkte:products artikel:products preis:price preise:price menge:quantity bestand:stock \
    kunde:customer kunden:customers bestellung:order bestellungen:orders kategorie:category kategorien:categories \
    aufgabe:task aufgaben:tasks projekt:project projekte:projects beschreibung:description termin:appointment termine:appointments \
    arzt:doctor ärzte:doctors patient:patient patienten:patients zimmer:room gast:guest gäste:guests buchung:booking buchungen:bookings \
    rezept:recipe rezepte:recipes zutat:ingredient zutaten:ingredients schritt:step schritte:steps schule:school schüler:students \
    lehrer:teachers kurs:course kurse:courses note:grade noten:grades adresse:address telefon:phone telefonnummer:phone straße:street \
    stadt:city land:country ort:city status:status fahrzeug:vehicle fahrzeuge:vehicles fahrer:driver fahrten:trips kennzeichen:plate \
    rechnung:invoice rechnungen:invoices betrag:amount geburtsdatum:birth_date beiträge:posts beitrag:post kommentar:comment \
    kommentare:comments schlagwörter:tags veranstaltung:event veranstaltungen:events verein:club bild:image text:text inhalt:content \
    mitarbeiter:employees abteilung:department abteilungen:departments farbe:color gewicht:weight größe:size alter:age anzahl:count";

/// The brief in English words, if it is German.
pub fn in_english(text: &str) -> Option<String> {
    let is_word = |c: char| c.is_alphabetic();
    let mut hints = 0;
    for word in text.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
        hints += i32::from(
            ["mit", "und", "eine", "ein", "jedes", "jeder", "jede", "hat", "für", "verwalten", "die", "der"]
                .contains(&word.to_lowercase().as_str()),
        );
        hints -= i32::from(["with", "and", "the", "has", "each", "for"].contains(&word.to_lowercase().as_str()));
    }
    if hints <= 0 {
        return None;
    }
    let known: std::collections::HashMap<&str, &str> = WORDS.split_ascii_whitespace().filter_map(|pair| pair.split_once(':')).collect();
    let mut english = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(length);
        english.push_str(known.get(word.to_lowercase().as_str()).copied().unwrap_or(word));
        let sign = tail.chars().next();
        english.extend(sign);
        rest = sign.map_or("", |sign| &tail[sign.len_utf8()..]);
    }
    Some(english)
}
