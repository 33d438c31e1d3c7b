//! Whose turn it is to have a password compared: addresses take turns, and of each only a few wait.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use scm_model::Condition;
use tokio::sync::oneshot;

use crate::{error::ApiError, origin::counted_as};

/// How many passwords are compared at once: each takes a processor and 19 MiB.
const AT_ONCE: usize = 2;

/// How many log-ins may wait in total. The last of the address with most makes room for another
/// address.
const WAITING: usize = 128;

/// How many of them may come from one address.
const WAITING_EACH: usize = 16;

/// The queue of log-ins, by address.
#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    running: usize,
    waiting: HashMap<IpAddr, VecDeque<oneshot::Sender<Turn>>>,
    /// The addresses that wait, in the order of their turns.
    order: VecDeque<IpAddr>,
}

/// A turn; when it is dropped, the next waiter has it.
pub struct Turn(Option<Arc<Queue>>);

enum Entry {
    Turn(Turn),
    Waiting(oneshot::Receiver<Turn>),
}

impl Queue {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Condition::TooMany`] if too many wait already, from this address or in total.
    pub(super) async fn turn(self: &Arc<Self>, address: IpAddr) -> Result<Turn, ApiError> {
        let too_many = || ApiError::refused(Condition::TooMany);
        match self.enter(counted_as(address)).ok_or_else(too_many)? {
            Entry::Turn(turn) => Ok(turn),
            Entry::Waiting(turn) => turn.await.map_err(|_| too_many()),
        }
    }

    fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Entry> {
        let mut state = self.state();
        if state.running < AT_ONCE {
            state.running += 1;
            return Some(Entry::Turn(Turn(Some(Arc::clone(self)))));
        }
        state.wait(address).map(Entry::Waiting)
    }

    /// Gives a turn that has ended to the next waiter who is still there.
    fn pass_on(self: Arc<Self>) {
        let mut turn = Turn(Some(Arc::clone(&self)));
        let mut state = self.state();
        while let Some(waiter) = state.next() {
            match waiter.send(turn) {
                Ok(()) => return,
                Err(unused) => turn = unused,
            }
        }
        state.running -= 1;
        turn.0 = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, address: IpAddr) -> Option<oneshot::Receiver<Turn>> {
        self.forget_gone();
        let own = self.waiting.get(&address).map_or(0, VecDeque::len);
        let all: usize = self.waiting.values().map(VecDeque::len).sum();
        if own >= WAITING_EACH || all >= WAITING && !self.displace(own) {
            return None;
        }
        let (waiter, turn) = oneshot::channel();
        if own == 0 {
            self.order.push_back(address);
        }
        self.waiting.entry(address).or_default().push_back(waiter);
        Some(turn)
    }

    /// Makes room for an address of which `own` wait: the last of the address with most goes, if the
    /// newcomer's is still to have fewer.
    fn displace(&mut self, own: usize) -> bool {
        let longest = self.waiting.values_mut().max_by_key(|waiters| waiters.len());
        match longest.filter(|waiters| waiters.len() > own + 1) {
            Some(waiters) => waiters.pop_back().is_some(),
            None => false,
        }
    }

    /// The next waiter: the first of the address whose turn it is, which then is the last in the order.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let address = self.order.pop_front()?;
        let waiters = self.waiting.get_mut(&address)?;
        let waiter = waiters.pop_front();
        match waiters.is_empty() {
            true => drop(self.waiting.remove(&address)),
            false => self.order.push_back(address),
        }
        waiter
    }

    /// Forgets waiters who hung up.
    fn forget_gone(&mut self) {
        self.waiting.retain(|_, waiters| {
            waiters.retain(|waiter| !waiter.is_closed());
            !waiters.is_empty()
        });
        self.order.retain(|address| self.waiting.contains_key(address));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(queue) = self.0.take() {
            queue.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: usize) -> IpAddr {
        [192, 0, 2, u8::try_from(last).unwrap()].into()
    }

    fn enter(queue: &Arc<Queue>, last: usize) -> Option<oneshot::Receiver<Turn>> {
        match queue.enter(address(last))? {
            Entry::Waiting(turn) => Some(turn),
            Entry::Turn(_) => panic!("all turns are taken"),
        }
    }

    fn full() -> (Arc<Queue>, Vec<Turn>) {
        let queue = Arc::new(Queue::default());
        let turns = (0..AT_ONCE).map(|_| match queue.enter(address(0)) {
            Some(Entry::Turn(turn)) => turn,
            _ => panic!("there is a turn"),
        });
        let turns = turns.collect();
        (queue, turns)
    }

    #[test]
    fn addresses_take_turns_however_many_of_one_wait() {
        let (queue, mut turns) = full();
        let mut many: Vec<_> = (0..WAITING_EACH).map(|_| enter(&queue, 1).unwrap()).collect();
        assert!(enter(&queue, 1).is_none());
        let mut one = enter(&queue, 2).unwrap();
        drop(turns.pop());
        let first = many[0].try_recv().expect("the first who came has the first turn");
        assert!(one.try_recv().is_err());
        drop(first);
        assert!(one.try_recv().is_ok(), "then another address");
        assert!(many[1].try_recv().is_ok());
    }

    #[test]
    fn the_last_of_the_address_with_most_makes_room() {
        let (queue, _turns) = full();
        let mut waiting = Vec::new();
        for address in 1..=WAITING / WAITING_EACH {
            waiting.extend((0..WAITING_EACH).map(|_| enter(&queue, address).unwrap()));
        }
        let _newcomer = enter(&queue, 100).expect("an address with fewer waiters has room");
        let displaced = waiting.iter_mut().filter_map(|turn| turn.try_recv().err());
        let displaced = displaced.filter(|error| *error == oneshot::error::TryRecvError::Closed);
        assert_eq!(displaced.count(), 1);
    }

    #[test]
    fn waiters_who_hang_up_keep_no_one_waiting() {
        let (queue, mut turns) = full();
        drop(enter(&queue, 1));
        let mut second = enter(&queue, 2).unwrap();
        drop(enter(&queue, 3));
        drop(turns.pop());
        drop(second.try_recv().expect("the first who is still there"));
        drop(turns);
        let state = queue.state();
        assert_eq!((state.running, state.waiting.len(), state.order.len()), (0, 0, 0));
    }
}
