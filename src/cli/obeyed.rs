//! What may accept findings of a scan, and what in the scanned tree is not obeyed.

use std::path::PathBuf;

use anyhow::Context;

use super::setup::Setup;
use crate::config::FILES;
use crate::finding::Notice;
use crate::source::git::enclosing;
use crate::source::paths::{Base, Naming, normalized};
use crate::suppress::ignore_list::FILE as IGNORE_LIST;
use crate::suppress::{Acceptance, Date, IgnoreList, Placed, Territory, Whole};

impl Setup<'_> {
    /// What of the repository is scanned as a whole.
    pub(super) fn whole(&self) -> Whole {
        let part = !self.paths.is_empty() || self.input.stdin || self.input.staged;
        if part || self.commits() || self.filtered {
            Whole::Nothing
        } else if self.input.history {
            Whole::History
        } else if self.work.current == self.work.root {
            Whole::Files
        } else {
            Whole::Nothing
        }
    }

    /// The list of gitleaks at the top of the repository, if it is obeyed.
    fn ignore_list(&self) -> anyhow::Result<Option<(IgnoreList, Base)>> {
        let path = self.work.root.join(IGNORE_LIST);
        if self.work.untrusted || !path.is_file() {
            return Ok(None);
        }
        let name = Naming::new(&self.work.current).reported(&path);
        let text = std::fs::read(&path).with_context(|| format!("{name}: cannot be read"))?;
        let mut list = IgnoreList::parse(&name, &String::from_utf8_lossy(&text));
        let sets = self.scanner.rules().gitleaks().iter();
        list.rules = sets
            .flat_map(|set| set.rules.iter().map(|rule| rule.id.clone()))
            .collect();
        Ok(Some((list, self.view_from(&path))))
    }

    pub(super) fn acceptance(&self, baseline: Option<Placed>) -> anyhow::Result<Acceptance> {
        let (base, named) = match &self.file {
            Some((file, named)) => (Some(self.view_from(file)), *named),
            None => (None, false),
        };
        Ok(Acceptance {
            allow: self.settings.allow().cloned().collect(),
            base,
            allow_everywhere: named,
            baseline,
            list: self.ignore_list()?,
            whole: self.whole(),
            territory: self.territory(),
            today: Date::today(),
        })
    }

    pub(super) fn territory(&self) -> Territory {
        let own = || match (&self.work.repository, self.paths) {
            (None, _) => false,
            (Some(own), [path]) if self.input.history => {
                let there = enclosing(&normalized(&self.work.current.join(path)));
                there.is_some_and(|there| there.common == own.common)
            }
            // Elsewhere when the environment names another repository than the one around.
            (Some(own), _) => std::env::var_os("GIT_DIR").is_none_or(|named| {
                let named = self.work.current.join(named);
                enclosing(&named).is_some_and(|there| there.common == own.common)
            }),
        };
        if self.work.untrusted {
            Territory::Nowhere
        } else if self.input.stdin {
            Territory::Everywhere
        } else if self.git() {
            if own() {
                Territory::Everywhere
            } else {
                Territory::Nowhere
            }
        } else {
            Territory::below(&self.work.root, &self.work.current)
        }
    }

    /// Configuration files that lie in what is scanned and are not obeyed.
    pub(super) fn ignored(&self) -> Vec<Notice> {
        let naming = Naming::new(&self.work.current);
        let mut folders: Vec<(PathBuf, &str)> = Vec::new();
        if self.work.untrusted {
            let above = self.work.current.ancestors();
            let below = above.take_while(|above| above.starts_with(&self.work.root));
            folders
                .extend(below.map(|folder| (folder.to_owned(), "nothing in what is scanned is")));
        }
        if !self.input.staged && !self.input.stdin {
            for path in self.paths {
                let path = normalized(&self.work.current.join(path));
                if !path.starts_with(&self.work.root) {
                    folders.push((path, "only those of the current repository are"));
                }
            }
        }
        let mut notices = Vec::new();
        let baseline = self.baseline_file();
        if !baseline.obeyed && baseline.path.exists() {
            notices.push(Notice {
                path: baseline.name,
                line: None,
                what: "this baseline is not obeyed: nothing in what is scanned is".to_owned(),
            });
        }
        for (folder, why) in folders {
            for file in FILES.into_iter().chain([IGNORE_LIST]) {
                let path = folder.join(file);
                let speaks = |text: &str| file != "pyproject.toml" || text.contains("[tool.leakey");
                if std::fs::read_to_string(&path).is_ok_and(|text| speaks(&text)) {
                    notices.push(Notice {
                        path: naming.reported(&path),
                        line: None,
                        what: format!("this configuration is not obeyed: {why}"),
                    });
                }
            }
        }
        notices
    }
}
