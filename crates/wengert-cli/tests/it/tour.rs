//! `wengert tour`.

use super::{error, ok};

#[test]
fn lessons_by_name_and_number_and_all() {
    let all = ok(&["tour"]);
    let one = ok(&["tour", "second-derivative"]);
    assert!(all.contains(&one) && one.contains("Options::create_graph()") && one.contains("tensor([6.]) tensor([2.])"));
    assert_eq!(ok(&["tour", "1"]), ok(&["tour", "leaf"]));
    assert_eq!(ok(&["tour", "--list"]).lines().count(), all.matches("\nprints\n").count());
    assert!(error(&["tour", "leef"]).contains("did you mean leaf?"));
    assert!(error(&["tour", "99"]).contains("no lesson '99'"));
}
