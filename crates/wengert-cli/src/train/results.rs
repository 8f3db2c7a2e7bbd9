//! What a run leaves for use and for looking at.

use super::folder::{self, Folder};
use super::session::Session;
use crate::error::Result;
use crate::report::{self, Curve, Norms};
use wengert::autograd::Graph;
use wengert::io::{self, Metadata};
use wengert::{Tensor, no_grad, ops};
use wengert_nn::Module;

/// Writes weights, curves, graph and the table of parameters; gives the table's rows.
pub fn write(session: &Session, folder: &Folder) -> Result<Vec<Norms>> {
    let mut about = Metadata::new();
    about.insert("network".to_string(), session.model.repr());
    io::save(folder.file(folder::WEIGHTS), session.model.state_dict(), &about)?;
    let curves = curves(session);
    folder.write(folder::LOSS_SVG, report::svg(&title(session), &curves)?)?;
    folder.write(folder::LOSS_PNG, report::png(&title(session), &curves)?)?;
    folder.write(folder::GRAPH, graph(session)?)?;
    let norms = norms(session)?;
    folder.write(folder::PARAMETERS, report::csv(&norms))?;
    Ok(norms)
}

fn title(session: &Session) -> String {
    let s = &session.settings;
    let metadata = s.to_metadata();
    format!("digits: {}, learning rate {}, batch {}, seed {}", metadata["optimizer"], s.lr, s.batch, s.seed)
}

fn curves(session: &Session) -> [Curve; 2] {
    let of = |f: fn(&super::history::Epoch) -> f64| session.history.iter().map(f).collect();
    [Curve { name: "training", values: of(|e| e.train_loss) }, Curve { name: "test", values: of(|e| e.test_loss) }]
}

/// The graph of the loss of one batch.
fn graph(session: &Session) -> Result<String> {
    let (x, y) = session.examples.train.batches(session.settings.batch).next().expect("a data set is not empty");
    let (loss, scores) = session.loss(&x, &y)?;
    let parameters = session.model.named_parameters();
    let mut named: Vec<(&str, &Tensor)> = vec![("loss", &loss), ("scores", &scores)];
    named.extend(parameters.iter().map(|(name, t)| (name.as_str(), t)));
    Ok(Graph::of(&named).to_svg())
}

fn norms(session: &Session) -> Result<Vec<Norms>> {
    session.full_gradient()?;
    no_grad(|| {
        let mut rows = Vec::new();
        for (name, t) in session.model.named_parameters() {
            let norm = |t: &Tensor| ops::norm(t).map(|n| n.item());
            let gradient = t.grad().as_ref().map(norm).transpose()?;
            rows.push(Norms { name, shape: t.shape().to_vec(), weight: norm(&t)?, gradient: gradient.unwrap_or(0.0) });
        }
        Ok(rows)
    })
}
