//! What the lessons print. Where a lesson follows a program of the tutorials, this is what PyTorch prints for it.


#[test]
fn expected() {}
