//! German briefs, word for word: enough for lists of things and what is known of them, and for simple sentences.
//!
//! What is known is named in English, since the code around it is; other words stay as they are, and compounds are named by their
//! parts. A brief that mixes both languages has its German words read, apart from those that mean something in English, too.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fields::has;
use super::verbs;
use crate::server::generate::project::model::names;

/// German and English. A `_` is a blank.
const WORDS: &str = "mit:with und:and oder:or ein:a eine:a einen:a einer:a eines:a einem:a der:the die:the das:the den:the dem:the des:of jedes:each jede:each \
    jeder:each jeden:each hat:has haben:have viele:many mehrere:several für:for von:of vom:of zum:to zur:to zu:to in:in im:in am:on an:at bei:at aus:from \
    gehört:belongs_to gehören:belong_to steht:stands stehen:stand wohnt:lives wohnen:live arbeitet:works arbeiten:work geben:give gibt:gives enthält:contains ich:i wir:we möchte:want möchten:want will:want wollen:want brauche:need brauchen:need \
    benötige:need benötigen:need verwalten:manage verwaltet:manages verfolgen:track erfassen:record ihre:their ihren:their ihr:their seine:his seinen:his meine:my \
    meinen:my meiner:my mein:my unsere:our unseren:our unser:our unserem:our kann:can können:can soll:should sollen:should muss:must müssen:must \
    darf:may dürfen:may sind:are ist:is sowie:and außerdem:also heißt:called namens:called zwischen:between bis:to wird:is werden:are \
    buchen:book bestellen:order bewerten:rate schreiben:write erstellen:create anlegen:create kaufen:buy mieten:rent reservieren:reserve bringen:bring \
    bearbeiten:process besuchen:attend leiten:lead unterrichten:teach bezahlen:pay zahlen:pay spenden:donate kommentieren:comment lesen:read \
    app:app anwendung:app programm:program verwaltung:management webseite:website \
    nummer:number notiz:note notizen:notes bemerkung:remark bemerkungen:remarks titel:title jahr:year baujahr:year name:name namen:name vorname:first_name \
    nachname:last_name datum:date uhrzeit:time zeit:time beginn:start anfang:start ende:end fälligkeitsdatum:due_date fälligkeit:due_date \
    rückgabedatum:due_date eintritt:entry eintrittsdatum:joined_on austrittsdatum:left_on geburtsdatum:birth_date geburtstag:birthday preis:price preise:prices \
    kosten:cost menge:quantity bestand:stock betrag:amount gehalt:salary kaution:deposit miete:rent beschreibung:description adresse:address anschrift:address \
    email:email telefon:phone telefonnummer:phone handynummer:phone straße:street plz:zip postleitzahl:zip stadt:city land:country ort:location standort:location \
    status:status zustand:condition art:kind typ:type farbe:color gewicht:weight größe:size alter:age anzahl:count dauer:duration bewertung:rating \
    bewertungen:ratings rasse:breed marke:brand modell:model kennzeichen:plate seriennummer:serial_number hersteller:manufacturer kauf:purchase platz:place plätze:places kochbuch:cookbook inventar:inventory einheit:unit zutat:ingredient zutaten:ingredients bild:image foto:photo fotos:photos \
    text:text inhalt:content sprache:language beruf:profession grund:reason offen:open erledigt:done fertig:done bezahlt:paid \
    bibliothek:library bücherei:library buch:book bücher:books büchern:books autor:author autoren:authors ausleihe:loan ausleihen:loans leser:member \
    mitglied:member mitglieder:members mitgliedern:members verein:club beitrag:post beiträge:posts laden:shop geschäft:shop produkt:product produkte:products \
    produkten:products artikel:products lager:warehouse lieferant:supplier lieferanten:suppliers lieferung:delivery lieferungen:deliveries kunde:customer \
    kunden:customers bestellung:order bestellungen:orders kategorie:category kategorien:categories aufgabe:task aufgaben:tasks projekt:project projekte:projects \
    auftrag:order aufträge:orders aufträgen:orders termin:appointment termine:appointments arzt:doctor ärzte:doctors patient:patient patienten:patients zimmer:rooms raum:room \
    räume:rooms gast:guest gäste:guests buchung:booking buchungen:bookings rezept:recipe rezepte:recipes rezepten:recipes schritt:step schritte:steps schule:school schüler:students \
    lehrer:teachers kurs:course kurse:courses kursen:courses teilnehmer:participants trainer:trainers note:grade noten:grades klasse:class klassen:classes fahrzeug:vehicle fahrzeuge:vehicles auto:car \
    autos:cars fahrer:drivers fahrt:trip fahrten:trips mechaniker:mechanics rechnung:invoice rechnungen:invoices zahlung:payment zahlungen:payments vertrag:contract \
    verträge:contracts miet:rental kommentar:comment kommentare:comments schlagwörter:tags veranstaltung:event veranstaltungen:events mitarbeiter:employees \
    abteilung:department abteilungen:departments wohnung:apartment wohnungen:apartments haus:house häuser:houses mieter:tenants vermieter:landlords hund:dog hunde:dogs \
    katze:cat katzen:cats tier:animal tiere:animals besitzer:owners pflanze:plant pflanzen:plants spieler:players mannschaft:team mannschaften:teams spiel:game spiele:games spende:donation \
    spenden:donations spender:donors benutzer:users nutzer:users gerät:device geräte:devices ersatzteil:spare_part ersatzteile:spare_parts werkzeug:tool \
    gebühr:fee gebühren:fees wert:value zähler:meters ablesung:reading ablesungen:readings gruppe:group gruppen:groups sitzung:meeting sitzungen:meetings \
    seite:page seiten:pages kapitel:chapters angebot:quote angebote:quotes bewerbung:application bewerbungen:applications \
    bewerber:applicants stelle:job stellen:jobs firma:company firmen:companies unternehmen:companies filiale:branch filialen:branches film:film filme:films \
    schauspieler:actors regisseur:director verlag:publisher verlage:publishers impfung:vaccination impfungen:vaccinations tisch:table tische:tables \
    reservierung:reservation reservierungen:reservations gericht:dish gerichte:dishes stunde:lesson stunden:hours prüfung:exam prüfungen:exams";

/// Means something else in English.
const ENGLISH: &str = "die will an am in hat note land art patient name text status app email trainer autos alter menge des den dem mit was bild zimmer laden fertig \
    plan rat von zu";
/// What compounds end with; several of something are not looked for.
const HEADS: &str =
    "datum nummer name preis adresse zeit typ betrag vertrag verträge ort jahr status art beschreibung rechnung rechnungen liste kosten";

static KNOWN: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| WORDS.split_ascii_whitespace().filter_map(|pair| pair.split_once(':')).collect());

/// The brief in English words, if it is German, or in part.
pub fn in_english(text: &str) -> Option<String> {
    let is_word = |c: char| c.is_alphabetic();
    let (mut hints, mut german) = (0, 0);
    let lower = text.to_lowercase();
    for word in lower.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
        hints += i32::from(has("mit und eine ein jedes jeder jede hat haben für verwalten die der das gehören gehört", word));
        hints -= i32::from(has("with and the has have each for of to", word));
        german += i32::from(KNOWN.get(word).is_some_and(|english| *english != word) && !has(ENGLISH, word));
    }
    let is_mixed = hints <= 0;
    if is_mixed && german < 2 {
        return None;
    }
    // Members of a club pay their contributions, they do not post them.
    let is_club = lower.contains("mitglied") || lower.contains("verein");
    let mut english = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(length);
        let lower = word.to_lowercase();
        let translated = match lower.as_str() {
            "beitrag" if is_club => Some("contribution".to_owned()),
            "beiträge" | "beiträgen" if is_club => Some("contributions".to_owned()),
            word if is_mixed && has(ENGLISH, word) => None,
            word => KNOWN.get(word).map(|english| english.replace('_', " ")).or_else(|| compound(word)),
        };
        english.push_str(translated.as_deref().unwrap_or(word));
        let sign = tail.chars().next();
        english.extend(sign);
        rest = sign.map_or("", |sign| &tail[sign.len_utf8()..]);
    }
    Some(verbs_in_place(&english))
}

/// `Rechnungsdatum` is an invoice date; the first part stays if it is not known.
fn compound(word: &str) -> Option<String> {
    let (first, head) = HEADS.split_ascii_whitespace().find_map(|head| {
        let first = word.strip_suffix(head).filter(|first| first.chars().count() > 2)?;
        Some((first, *KNOWN.get(head)?))
    })?;
    let known = [first, first.trim_end_matches('s'), first.trim_end_matches('n')].into_iter().find_map(|first| KNOWN.get(first).copied());
    Some(format!("{} {head}", known.map_or_else(|| first.to_owned(), names::singular)))
}

/// "customers can appointments book": the verb comes last in German.
fn verbs_in_place(text: &str) -> String {
    text.split_inclusive(['.', ';', ',', '\n'])
        .map(|part| {
            let words: Vec<&str> = part.split(' ').collect();
            let modal = words.iter().position(|word| has(verbs::MODALS, word) || *word == "want");
            let last = words.iter().rposition(|word| !word.trim().is_empty());
            let (Some(modal), Some(last)) = (modal, last) else { return part.to_owned() };
            let verb = words[last].trim_end_matches(['.', ';', ',', '\n']);
            if last < modal + 2 || !verbs::is_verb(verb) {
                return part.to_owned();
            }
            let sign = &words[last][verb.len()..];
            [&words[..=modal], &[verb], &words[modal + 1..last]].concat().join(" ") + sign + &words[last + 1..].join(" ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_is_read_word_for_word() {
        for (german, english) in [
            ("Bücher mit Titel und Rechnungsdatum", "books with title and invoice date"),
            ("Kunden können Termine buchen.", "customers can book appointments."),
            ("Mitglieder mit Beiträgen; Beiträge mit Fälligkeit", "members with contributions; contributions with due date"),
            ("ein Blog mit Beiträge", "a Blog with posts"),
            ("Mietverträge mit Beginn", "rental contracts with start"),
            ("App for unseren Verein with Mitglieder", "App for our club with members"),
        ] {
            assert_eq!(in_english(german).as_deref(), Some(english));
        }
        assert_eq!(in_english("an art gallery with paintings and a plan"), None);
    }
}
