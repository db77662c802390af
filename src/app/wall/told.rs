//! How much of a count a wall may tell: fewer than five are nobody's news, and must not be
//! had by subtracting what is told from the sums that stand beside it either.

/// Fewer incidents than this are not told.
pub(super) const SMALLEST_CELL: u32 = 5;

/// What is told of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Exactly(u32),
    /// From one to four.
    Few,
    /// Five or more: how many would tell how few others are.
    Several,
}

impl Told {
    pub fn exactly(self) -> Option<u32> {
        match self {
            Self::Exactly(count) => Some(count),
            Self::Few | Self::Several => None,
        }
    }

    /// There are so many for certain.
    pub fn at_least(self) -> u32 {
        match self {
            Self::Exactly(count) => count,
            Self::Few => 1,
            Self::Several => SMALLEST_CELL,
        }
    }
}

/// Of counts whose sum is known.
pub(super) fn told(counts: &[u32]) -> Vec<Told> {
    let mut table = Table::new(vec![counts.to_vec()], false);
    table.protect();
    table.told().pop().unwrap_or_default()
}

/// Of the rows of a table; the sum of each row and of each column is known.
pub(super) fn told_crossed(rows: Vec<Vec<u32>>) -> Vec<Vec<Told>> {
    let mut table = Table::new(rows, true);
    table.protect();
    table.told()
}

/// Row and column.
type Cell = (usize, usize);

struct Table {
    counts: Vec<Vec<u32>>,
    hidden: Vec<Vec<bool>>,
    columns: usize,
    /// The sums of columns are known, not those of rows only.
    is_crossed: bool,
}

impl Table {
    fn new(counts: Vec<Vec<u32>>, is_crossed: bool) -> Self {
        let is_few = |count: &u32| (1..SMALLEST_CELL).contains(count);
        let hidden = counts.iter().map(|row| row.iter().map(is_few).collect()).collect();
        let columns = counts.first().map_or(0, Vec::len);
        Self { counts, hidden, columns, is_crossed }
    }

    fn told(&self) -> Vec<Vec<Told>> {
        let tell = |(count, hidden): (&u32, &bool)| match (*hidden, *count < SMALLEST_CELL) {
            (false, _) => Told::Exactly(*count),
            (true, true) => Told::Few,
            (true, false) => Told::Several,
        };
        let rows = self.counts.iter().zip(&self.hidden);
        rows.map(|(counts, hidden)| counts.iter().zip(hidden).map(tell).collect()).collect()
    }

    fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let (rows, columns) = (self.counts.len(), self.columns);
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
    }

    fn count(&self, (row, column): Cell) -> u32 {
        self.counts[row][column]
    }

    fn is_hidden(&self, (row, column): Cell) -> bool {
        self.hidden[row][column]
    }

    /// It is told and could be hidden; that nothing came is no secret.
    fn can_hide(&self, cell: Cell) -> bool {
        !self.is_hidden(cell) && self.count(cell) > 0
    }

    /// Hides more until none of the few can be computed, or until all is hidden.
    fn protect(&mut self) {
        let few: Vec<Cell> = self.cells().filter(|cell| self.is_hidden(*cell)).collect();
        for cell in few {
            while self.is_computed(cell) {
                let more = self.cheapest_way(cell).unwrap_or_else(|| self.smallest(cell));
                if more.is_empty() {
                    break;
                }
                self.set(&more, true);
            }
        }
    }

    /// What else is to be hidden, as little as does, so that `cell` and others may be
    /// imagined greater and smaller in turn: those of a rectangle with it, or of its row.
    fn cheapest_way(&mut self, cell: Cell) -> Option<Vec<Cell>> {
        let (row, column) = cell;
        let corners = |other: Cell| {
            if self.is_crossed {
                vec![(row, other.1), (other.0, column), other]
            } else {
                vec![other]
            }
        };
        let is_beside = |other: &Cell| {
            other.1 != column && if self.is_crossed { other.0 != row } else { other.0 == row }
        };
        let mut ways: Vec<Vec<Cell>> = self
            .cells()
            .filter(is_beside)
            .map(corners)
            .filter(|way| way.iter().all(|at| self.is_hidden(*at) || self.can_hide(*at)))
            .map(|way| way.into_iter().filter(|at| self.can_hide(*at)).collect())
            .filter(|way: &Vec<Cell>| !way.is_empty())
            .collect();
        ways.sort_by_key(|way| way.iter().map(|at| self.count(*at)).sum::<u32>());
        ways.into_iter().find(|way| {
            self.set(way, true);
            let is_computed = self.is_computed(cell);
            self.set(way, false);
            !is_computed
        })
    }

    fn set(&mut self, cells: &[Cell], is_hidden: bool) {
        for (row, column) in cells {
            self.hidden[*row][*column] = is_hidden;
        }
    }

    /// The smallest count in the row or column of a cell, or anywhere.
    fn smallest(&self, (row, column): Cell) -> Vec<Cell> {
        let is_far = |at: Cell| at.0 != row && at.1 != column;
        let all = self.cells().filter(|at| self.can_hide(*at));
        all.min_by_key(|at| (is_far(*at), self.count(*at))).into_iter().collect()
    }

    /// Only one count of a hidden cell fits all that is told.
    fn is_computed(&self, cell: Cell) -> bool {
        let ends = (Node::Row(cell.0), Node::Column(cell.1));
        let may_grow = self.may_grow(cell) && self.leads(ends.1, ends.0, cell);
        let may_shrink = self.may_shrink(cell) && self.leads(ends.0, ends.1, cell);
        !may_grow && !may_shrink
    }

    /// It might be greater by one for all that is told of it alone.
    fn may_grow(&self, cell: Cell) -> bool {
        self.is_hidden(cell) && self.count(cell) != SMALLEST_CELL - 1
    }

    fn may_shrink(&self, cell: Cell) -> bool {
        self.is_hidden(cell) && self.count(cell) != 1 && self.count(cell) != SMALLEST_CELL
    }

    /// Hidden cells, greater and smaller in turn, lead from one sum to another and leave
    /// every sum on the way as it is.
    fn leads(&self, from: Node, to: Node, without: Cell) -> bool {
        let mut seen = vec![from];
        let mut at = 0;
        while let Some(node) = seen.get(at).copied() {
            if node == to {
                return true;
            }
            for next in self.beside(node, without) {
                if !seen.contains(&next) {
                    seen.push(next);
                }
            }
            at += 1;
        }
        false
    }

    fn beside(&self, node: Node, without: Cell) -> Vec<Node> {
        let columns = || (0..self.columns).map(Node::Column);
        match node {
            Node::Row(row) => (0..self.columns)
                .filter(|column| (row, *column) != without && self.may_grow((row, *column)))
                .map(Node::Column)
                .collect(),
            Node::Column(column) => (0..self.counts.len())
                .filter(|row| (*row, column) != without && self.may_shrink((*row, column)))
                .map(Node::Row)
                .chain((!self.is_crossed).then_some(Node::Unknown))
                .collect(),
            Node::Unknown => columns().collect(),
        }
    }
}

/// A sum that hidden cells are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Row(usize),
    Column(usize),
    /// Whatever takes up what is left of columns whose sums are not known.
    Unknown,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Told::{Exactly, Few, Several};
    use super::*;

    #[test]
    fn few_are_not_told_and_not_to_be_had_by_subtraction() {
        assert_eq!(told(&[9, 0, 7]), [Exactly(9), Exactly(0), Exactly(7)]);
        assert_eq!(told(&[9, 3, 7]), [Exactly(9), Few, Several], "one alone would be the rest");
        assert_eq!(told(&[9, 1, 3, 8]), [Exactly(9), Few, Few, Exactly(8)], "or two and two");
        assert_eq!(told(&[9, 1, 1, 8]), [Exactly(9), Few, Few, Several], "two of two: one each");
        assert_eq!(told(&[9, 4, 4, 8]), [Exactly(9), Few, Few, Several]);
        assert_eq!(told(&[9, 1, 5]), [Several, Few, Exactly(5)], "five of six leave one");
        assert_eq!(told(&[3]), [Few]);
    }

    #[test]
    fn a_cell_of_a_table_is_not_to_be_had_by_the_sums_of_its_row_and_column() {
        let told = told_crossed(vec![vec![20, 3, 30], vec![40, 60, 50], vec![70, 80, 90]]);
        assert_eq!(told[0], [Several, Few, Exactly(30)]);
        assert_eq!(told[1], [Several, Several, Exactly(50)]);
        assert_eq!(told[2], [Exactly(70), Exactly(80), Exactly(90)]);
    }

    fn bounds(told: Told) -> (u32, u32) {
        match told {
            Exactly(count) => (count, count),
            Few => (1, 4),
            Several => (5, u32::MAX),
        }
    }

    /// Goes through all tables with the same sums in which each cell holds what is told of
    /// it, and gathers what each cell may be.
    struct Search<'a> {
        told: &'a [Vec<Told>],
        rows_left: Vec<u32>,
        columns_left: Vec<u32>,
        tried: Vec<u32>,
        seen: Vec<BTreeSet<u32>>,
    }

    impl Search<'_> {
        fn go_on(&mut self) {
            let (rows, columns) = (self.rows_left.len(), self.columns_left.len());
            let at = self.tried.len();
            if at == rows * columns {
                for (seen, tried) in self.seen.iter_mut().zip(&self.tried) {
                    seen.insert(*tried);
                }
                return;
            }
            let (row, column) = (at / columns, at % columns);
            let (mut low, mut high) = bounds(self.told[row][column]);
            for (left, is_last) in [
                (self.rows_left[row], column + 1 == columns),
                (self.columns_left[column], row + 1 == rows),
            ] {
                high = high.min(left);
                low = if is_last { low.max(left) } else { low };
            }
            for count in low..=high {
                self.tried.push(count);
                self.rows_left[row] -= count;
                self.columns_left[column] -= count;
                self.go_on();
                self.rows_left[row] += count;
                self.columns_left[column] += count;
                self.tried.pop();
            }
        }
    }

    /// Cells of few of which only one count is possible.
    fn computed(counts: &[Vec<u32>], told: &[Vec<Told>]) -> Vec<Cell> {
        let columns = counts[0].len();
        let mut search = Search {
            told,
            rows_left: counts.iter().map(|row| row.iter().sum()).collect(),
            columns_left: (0..columns).map(|at| counts.iter().map(|row| row[at]).sum()).collect(),
            tried: Vec::new(),
            seen: vec![BTreeSet::new(); counts.len() * columns],
        };
        search.go_on();
        let cell = |at: usize| (at / columns, at % columns);
        let is_few = |cell: &Cell| told[cell.0][cell.1] == Few;
        let known = search.seen.iter().enumerate().filter(|(_, seen)| seen.len() == 1);
        known.map(|(at, _)| cell(at)).filter(is_few).collect()
    }

    /// The least that may be told: nothing but where nothing came.
    fn least(counts: &[u32]) -> Vec<Told> {
        let tell = |count: &u32| match count {
            0 => Exactly(0),
            1..5 => Few,
            _ => Several,
        };
        counts.iter().map(tell).collect()
    }

    proptest! {
        #[test]
        fn no_cell_of_few_can_be_computed_that_could_be_hidden(
            rows in prop::collection::vec(prop::collection::vec(0..9_u32, 3), 3),
        ) {
            let told = told_crossed(rows.clone());
            for (count, told) in rows.iter().flatten().zip(told.iter().flatten()) {
                let (low, high) = bounds(*told);
                prop_assert!((low..=high).contains(count));
                prop_assert_eq!((1..5).contains(count), *told == Few);
            }
            let least: Vec<_> = rows.iter().map(|row| least(row)).collect();
            let hopeless = computed(&rows, &least);
            for cell in computed(&rows, &told) {
                prop_assert!(hopeless.contains(&cell), "{:?} {:?} {:?}", cell, rows, told);
            }
        }

        #[test]
        fn no_rest_can_be_computed_that_could_be_hidden(
            counts in prop::collection::vec(0..9_u32, 1..6),
        ) {
            // Of what one has too many another, of whom nothing is known, may have had.
            let rest = vec![40; counts.len()];
            let (rows, told) = (vec![counts.clone(), rest], told(&counts));
            let beside = |told: Vec<Told>| vec![told, vec![Several; counts.len()]];
            let hopeless = computed(&rows, &beside(least(&counts)));
            for cell in computed(&rows, &beside(told)) {
                prop_assert!(hopeless.contains(&cell), "{:?}", counts);
            }
        }
    }
}
