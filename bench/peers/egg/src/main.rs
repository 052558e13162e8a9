//! Runs egg on a task and prints one line of JSON.
//!
//!     egg-peer run TASK.tsv ITERATIONS         every rule at every iteration
//!     egg-peer prove AXIOMS.tsv EQUALITIES.tsv  rounds of both sides in one graph
use egg::{rewrite, *};
use std::{env, fs, time::Instant};

define_language! {
    enum Term {
        "d" = D([Id; 2]),
        "i" = I([Id; 2]),
        "+" = Add([Id; 2]),
        "-" = Sub([Id; 2]),
        "*" = Mul([Id; 2]),
        "/" = Div([Id; 2]),
        "pow" = Pow([Id; 2]),
        "ln" = Ln(Id),
        "sqrt" = Sqrt(Id),
        "sin" = Sin(Id),
        "cos" = Cos(Id),
        Number(i64),
        Leaf(Symbol),
        Other(Symbol, Vec<Id>),
    }
}

type Graph = EGraph<Term, ()>;
type Rule = Rewrite<Term, ()>;

fn rows(path: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).expect(path);
    text.lines()
        .map(|line| line.split('\t').map(str::to_string).collect())
        .collect()
}

fn rule(name: &str, left: &str, right: &str) -> Rule {
    let left: Pattern<Term> = left.parse().unwrap();
    let right: Pattern<Term> = right.parse().unwrap();
    rewrite!(name; left => right)
}

fn report(graph: &Graph, iterations: usize, proved: usize, start: Instant) {
    println!(
        "{{\"seconds\": {:.6}, \"iterations\": {}, \"nodes\": {}, \"classes\": {}, \"proved\": {}}}",
        start.elapsed().as_secs_f64(),
        iterations,
        graph.total_number_of_nodes(),
        graph.number_of_classes(),
        proved
    );
}

fn run(task: &str, iterations: usize) {
    let mut rules = vec![];
    let mut graph = Graph::default();
    for row in rows(task) {
        if row[0] == "rule" {
            rules.push(rule(&row[1], &row[2], &row[3]));
        } else {
            graph.add_expr(&row[1].parse().unwrap());
        }
    }
    let start = Instant::now();
    let runner = Runner::default()
        .with_egraph(graph)
        .with_scheduler(SimpleScheduler)
        .with_iter_limit(iterations)
        .with_node_limit(100_000_000)
        .with_time_limit(std::time::Duration::from_secs(3600))
        .run(&rules);
    report(&runner.egraph, runner.iterations.len(), 0, start);
}

fn prove(axioms: &str, equalities: &str) {
    let rules: Vec<Rule> = rows(axioms)
        .iter()
        .enumerate()
        .map(|(i, row)| rule(&format!("{} {}", row[0], i), &row[1], &row[2]))
        .collect();
    let mut open: Vec<(RecExpr<Term>, RecExpr<Term>)> = rows(equalities)
        .iter()
        .map(|row| (row[0].parse().unwrap(), row[1].parse().unwrap()))
        .collect();
    let (total, start) = (open.len(), Instant::now());
    let mut last = Graph::default();
    for _ in 0..3 {
        let mut runner = Runner::default()
            .with_iter_limit(30)
            .with_node_limit(200_000)
            .with_time_limit(std::time::Duration::from_secs(3600));
        for (left, right) in &open {
            runner = runner.with_expr(left).with_expr(right);
        }
        let runner = runner.run(&rules);
        let proved = |pair: &(RecExpr<Term>, RecExpr<Term>)| {
            runner.egraph.lookup_expr(&pair.0) == runner.egraph.lookup_expr(&pair.1)
        };
        open.retain(|pair| !proved(pair));
        last = runner.egraph;
        if open.is_empty() {
            break;
        }
    }
    report(&last, 0, total - open.len(), start);
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    match arguments[1].as_str() {
        "run" => run(&arguments[2], arguments[3].parse().unwrap()),
        "prove" => prove(&arguments[2], &arguments[3]),
        other => panic!("unknown task {other}"),
    }
}
