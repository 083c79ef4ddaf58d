//! "Did you mean": the nearest of the words that are known.

/// Words less alike than this (Jaro-Winkler similarity) are no misspelling of each other.
const ALIKE: f64 = 0.85;

/// The known word that `word` is most like, if it is like any.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let folded = word.to_ascii_lowercase().replace('_', "-");
    known
        .into_iter()
        .map(|known| {
            (
                strsim::jaro_winkler(&folded, &known.to_ascii_lowercase().replace('_', "-")),
                known,
            )
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// The same as the end of a sentence: `; did you mean `x`?`, or the words that are known.
pub fn remedy<'k>(word: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(known) => format!("; did you mean `{known}`?"),
        None => format!(
            "; known are: {}",
            known.into_iter().collect::<Vec<_>>().join(", ")
        ),
    }
}
