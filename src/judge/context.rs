//! What sort of place a value stands in: told by the path, by the section around it and by the name it goes under.

use crate::detect::Candidate;
use crate::finding::Context;
use crate::rule::Folded;

/// Words that tell a test when they are a word of a folder or file name, a section, a class or a key.
const TEST: &[&str] = &[
    "test",
    "tests",
    "testing",
    "unittest",
    "unittests",
    "spec",
    "specs",
    "e2e",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "testdata",
    "testcase",
    "testcases",
    "cypress",
    "playwright",
    "pytest",
    "phpunit",
    "conftest",
    "jest",
    "vitest",
    "karma",
    "rspec",
    "ci",
];
/// Files of continuous integration.
const INTEGRATION: &[&str] = &[
    ".travis.yml",
    ".gitlab-ci.yml",
    "tox.ini",
    "appveyor.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    ".drone.yml",
    "jenkinsfile",
    "noxfile.py",
    "cloudbuild-test.yaml",
];
/// Workflows that deploy are no tests.
const DEPLOYS: &[&str] = &[
    "deploy",
    "deployment",
    "release",
    "publish",
    "prod",
    "production",
    "staging",
    "cd",
];
const DOCS: &[&str] = &[
    "doc",
    "docs",
    "documentation",
    "readme",
    "changelog",
    "changes",
    "contributing",
    "install",
    "wiki",
    "guide",
    "guides",
    "faq",
];
const DOC_EXTENSIONS: &[&str] = &[
    "md", "markdown", "mdx", "rst", "adoc", "asciidoc", "textile", "org",
];
const EXAMPLE: &[&str] = &[
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "skeleton",
    "boilerplate",
    "cookiecutter",
    "quickstart",
    "starter",
    "playground",
    "howto",
    "dist",
    "template",
    "tpl",
    "tmpl",
    "stub",
];
const DEVELOPMENT: &[&str] = &[
    "dev",
    "devel",
    "develop",
    "development",
    "devserver",
    "local",
    "localhost",
    "locals",
    "devcontainer",
    "debug",
    "override",
    "vagrant",
    "sandbox",
];

/// The context of a candidate in the document at the lower-cased `path`.
pub fn context(path: &str, candidate: &Candidate<'_>) -> Context {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let folders: Vec<&str> = folder.split('/').collect();
    let around = |words: &[&str]| {
        let names = candidate
            .parents
            .iter()
            .chain(std::iter::once(&candidate.key))
            .chain(&candidate.outer);
        names
            .into_iter()
            .any(|name| Folded::of(name).words().any(|word| words.contains(&word)))
    };
    let in_folder = |words: &[&str]| {
        folders
            .iter()
            .any(|folder| parts(folder).any(|part| words.contains(&part)))
    };
    let in_file = |words: &[&str]| parts(file).any(|part| words.contains(&part));
    let workflow = folder.ends_with(".github/workflows") || folder.ends_with(".circleci");
    if in_folder(TEST)
        || in_file(TEST)
        || INTEGRATION.contains(&file)
        || (workflow && !in_file(DEPLOYS))
        || around(TEST)
    {
        return Context::Test;
    }
    let extension = file.rsplit('.').next().unwrap_or("");
    if DOC_EXTENSIONS.contains(&extension)
        || in_folder(DOCS)
        || (in_file(DOCS) && !file.contains(".env"))
    {
        return Context::Docs;
    }
    // A build's output folder is called `dist`, too: only a file name says example by it.
    let example_folder = |words: &[&str]| {
        folders.iter().any(|folder| {
            !matches!(*folder, "dist" | "template" | "templates")
                && parts(folder).any(|part| words.contains(&part))
        })
    };
    if example_folder(EXAMPLE) || in_file(EXAMPLE) || around(&["example", "sample", "demo"]) {
        return Context::Example;
    }
    if in_folder(DEVELOPMENT) || in_file(DEVELOPMENT) || around(DEVELOPMENT) {
        return Context::Development;
    }
    Context::Production
}

/// The words of a file or folder name.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
}
