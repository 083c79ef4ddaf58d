//! Every example of every built-in rule file, as a test of its own.

use leakey::config::Profile;
use leakey::rule::schema::File;
use leakey::rule::{builtin_files, example, load};
use leakey::scan::Scanner;
use libtest_mimic::{Arguments, Failed, Trial};
use std::sync::Arc;

fn main() {
    let rules = load(builtin_files().iter().copied()).expect("the built-in rules load");
    let scanner = Arc::new(Scanner::new(rules, Profile::Audit.policy(&[])));
    let mut trials = Vec::new();
    for (name, text) in builtin_files() {
        let file: File = toml::from_str(text).expect("the built-in rules parse");
        for rule in &file.rule {
            let counts = [rule.leak.len(), rule.clean.len()];
            trials.push(Trial::test(
                format!("{name}/{}/has examples", rule.id),
                move || {
                    if counts.contains(&0) {
                        Err(Failed::from("needs a leak and a clean example"))
                    } else {
                        Ok(())
                    }
                },
            ));
            for case in example::cases(rule) {
                let scanner = Arc::clone(&scanner);
                let title = format!("{name}/{}/{}", case.rule, case.name);
                trials.push(Trial::test(title, move || {
                    example::run(&case, &scanner).map_err(Failed::from)
                }));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
