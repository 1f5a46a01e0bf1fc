//! Which service is used, what is known of each in the user's list, and working offline.

use super::{Effect, JobEntry, SavedJob, State};
use crate::{
    client::{ApiKey, ClientEvent, KeyPlace},
    session::{
        Health, JobPhase, ServiceEntry, ServiceRow, ServiceTest, ServiceView, Settings, UserChange,
        UserSettings,
    },
};
use std::collections::HashMap;

const OFFLINE: &str = "You work offline: nothing is sent, and jobs wait.";
const OFFLINE_JOB: &str = "You work offline. The job goes out when you are online again.";

/// What is known of addresses besides the one in use.
#[derive(Debug, Default)]
pub(super) struct Known {
    keys: HashMap<String, KeyPlace>,
    tests: HashMap<String, ServiceTest>,
}

impl State {
    /// Begin talking to the chosen service, or not.
    pub(super) fn connect(&self) -> Effect {
        if self.user.offline {
            return Effect::Disconnect;
        }
        Effect::Connect {
            address: self.settings.service_address.clone(),
        }
    }

    pub(super) fn find_keys(&self) -> Effect {
        let services = self.user.services.iter();
        Effect::FindKeys(services.map(|s| s.address.clone()).collect())
    }

    pub(super) fn choose_service(&mut self, name: &str) -> Vec<Effect> {
        let Some(entry) = self.user.named(name).cloned() else {
            return Vec::new();
        };
        let mut effects = self.use_service(entry);
        if self.user.preferred != name {
            let prefer = UserChange::Prefer(name.to_owned());
            effects.push(Effect::ChangeUser(Box::new(prefer)));
        }
        effects
    }

    fn use_service(&mut self, entry: ServiceEntry) -> Vec<Effect> {
        let moved = entry.address != self.settings.service_address;
        self.settings.service_name = entry.name;
        self.settings.service_address = entry.address;
        if !moved {
            return Vec::new();
        }
        self.service = ServiceView::default();
        let mut effects = vec![self.connect()];
        effects.extend(self.tell_cancels());
        effects
    }

    /// The project's or the user's service, by what the list says of its name now; else by its address.
    pub(super) fn adopt_service(&mut self) -> Vec<Effect> {
        let Settings {
            service_name,
            service_address,
            ..
        } = &self.settings;
        let listed = self.user.named(service_name);
        let entry = listed.or_else(|| self.user.at(service_address)).cloned();
        match entry {
            Some(entry) => self.use_service(entry),
            None => {
                self.settings.service_name.clear();
                Vec::new()
            }
        }
    }

    pub(super) fn apply_settings(&mut self, mut new: Settings) -> Vec<Effect> {
        new.service_address = new.service_address.trim().to_owned();
        let old = self.settings.clone();
        let mut effects = Vec::new();
        // The folder changes once everything has moved there.
        if old.cache_folder != new.cache_folder {
            effects.extend(self.begin_move(new.cache_folder));
        }
        if old.export != new.export {
            self.settings.export = new.export;
            effects.extend(self.prepare_drags());
        }
        if old.service_address != new.service_address {
            let name = self.user.at(&new.service_address).map(|s| s.name.clone());
            effects.extend(self.use_service(ServiceEntry {
                name: name.unwrap_or_default(),
                address: new.service_address,
            }));
        }
        effects
    }

    /// The user's settings are kept by the actor; what follows from them comes with [`Self::user`]. A
    /// service that this instance uses is followed to its new name and place.
    pub(super) fn change_user(&mut self, change: UserChange) -> Vec<Effect> {
        let mut effects = Vec::new();
        match &change {
            UserChange::EditService { was, entry } => {
                self.follow_renamed(was, entry);
                if *was == self.settings.service_name {
                    effects.extend(self.use_service(entry.clone()));
                }
            }
            UserChange::RemoveService(name) if *name == self.settings.service_name => {
                let other = self.user.services.iter().find(|s| s.name != *name).cloned();
                let next = other.unwrap_or_else(|| UserSettings::default().first_choice());
                effects.extend(self.use_service(next));
            }
            _ => {}
        }
        effects.push(Effect::ChangeUser(Box::new(change)));
        effects
    }

    /// The user's settings are these now.
    pub(super) fn user(&mut self, now_secs: f64, user: UserSettings) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.user, user);
        let mut effects = self.adopt_service();
        if before.services != self.user.services {
            effects.push(self.find_keys());
        }
        match (before.offline, self.user.offline) {
            (false, true) => effects.extend(self.go_offline(now_secs)),
            (true, false) => effects.extend(self.go_online(now_secs)),
            _ => {}
        }
        effects
    }

    fn go_offline(&mut self, now_secs: f64) -> Vec<Effect> {
        self.service = ServiceView::default();
        for job in self.jobs.iter_mut().filter(|job| !job.is_over()) {
            let phase = match job.phase {
                // Nobody can be told any more.
                JobPhase::Cancelling => JobPhase::Cancelled,
                _ => waiting_offline(),
            };
            job.set_phase(now_secs, phase);
        }
        vec![Effect::Disconnect]
    }

    fn go_online(&mut self, now_secs: f64) -> Vec<Effect> {
        let mut effects = vec![self.connect()];
        effects.extend(self.tell_cancels());
        let mut sent = Vec::new();
        for job in self.jobs.iter_mut().filter(|job| job.is_wanted()) {
            job.set_phase(now_secs, JobPhase::Submitting { fraction: 0.0 });
            sent.push(job.saved.clone());
        }
        effects.extend(sent.iter().map(|saved| self.send_off(saved)));
        effects
    }

    /// A job joins the others: on its way, or waiting while the user works offline.
    pub(super) fn enter(&self, now_secs: f64, mut saved: SavedJob) -> (JobEntry, Option<Effect>) {
        if saved.service.address.is_empty() {
            saved.service = ServiceEntry {
                name: self.settings.service_name.clone(),
                address: self.settings.service_address.clone(),
            };
        }
        let effect = (!self.user.offline).then(|| self.send_off(&saved));
        let mut job = JobEntry::new(now_secs, saved);
        if self.user.offline {
            job.set_phase(now_secs, waiting_offline());
        }
        (job, effect)
    }

    fn send_off(&self, saved: &SavedJob) -> Effect {
        let address = self.address_now(&saved.service.name, &saved.service.address);
        match &saved.job_id {
            Some(job_id) => Effect::ResumeJob {
                id: saved.id.clone(),
                address,
                job_id: job_id.clone(),
                delivered: saved.delivered.clone(),
            },
            // Never accepted, or accepted unheard: the same id makes it the same job.
            None => Effect::StartJob {
                id: saved.id.clone(),
                address,
                take: Box::new(saved.take.clone()),
                request: Box::new(saved.request.clone()),
            },
        }
    }

    /// Where a service is now that a job began with: its name counts as long as the user's list has it.
    pub(super) fn address_now(&self, name: &str, address: &str) -> String {
        let listed = self.user.named(name);
        listed.map_or_else(|| address.to_owned(), |entry| entry.address.clone())
    }

    /// What runs at a service knows its new name and place too.
    fn follow_renamed(&mut self, was: &str, entry: &ServiceEntry) {
        for job in self.jobs.iter_mut().filter(|j| j.saved.service.name == was) {
            job.saved.service = entry.clone();
        }
        for cancel in self.cancels.iter_mut().filter(|c| c.service_name == was) {
            cancel.service_name.clone_from(&entry.name);
            cancel.address.clone_from(&entry.address);
        }
    }

    pub(super) fn set_key(&self, address: String, key: &str) -> Vec<Effect> {
        let key = ApiKey::from(key.trim());
        vec![Effect::StoreKey { address, key }]
    }

    pub(super) fn test_service(&mut self, address: String) -> Vec<Effect> {
        let (test, effects) = if self.user.offline {
            let answer = ServiceTest::Answered {
                health: Health::Offline,
                words: OFFLINE.into(),
            };
            (answer, Vec::new())
        } else {
            let mut effects = vec![Effect::TestService {
                address: address.clone(),
            }];
            if address == self.settings.service_address {
                effects.push(Effect::Probe);
            }
            (ServiceTest::Asking, effects)
        };
        self.known.tests.insert(address, test);
        effects
    }

    pub(super) fn tested(&mut self, address: String, answer: ClientEvent) -> Vec<Effect> {
        let (health, words) = match answer {
            ClientEvent::Healthy { words, .. } => (Health::Good, words),
            ClientEvent::Degraded { words, .. } => (Health::Degraded, words),
            ClientEvent::Away { words } => (Health::Away, words),
            _ => return Vec::new(),
        };
        let answered = ServiceTest::Answered { health, words };
        self.known.tests.insert(address, answered);
        Vec::new()
    }

    pub(super) fn key_known(&mut self, address: String, place: Option<KeyPlace>) -> Vec<Effect> {
        match place {
            Some(place) => self.known.keys.insert(address, place),
            None => self.known.keys.remove(&address),
        };
        Vec::new()
    }

    pub(super) fn service_view(&self) -> ServiceView {
        let offline = self.user.offline;
        let mut view = ServiceView {
            name: self.settings.service_name.clone(),
            address: self.settings.service_address.clone(),
            list: self.service_rows(),
            offline,
            ..self.service.clone()
        };
        if offline {
            (view.health, view.words) = (Health::Offline, OFFLINE.into());
        }
        view
    }

    fn service_rows(&self) -> Vec<ServiceRow> {
        let (name, address) = (&self.settings.service_name, &self.settings.service_address);
        let row = |s: &ServiceEntry, foreign| ServiceRow {
            name: s.name.clone(),
            address: s.address.clone(),
            chosen: s.name == *name,
            foreign,
            key: self.known.keys.get(&s.address).copied(),
            test: self.known.tests.get(&s.address).cloned(),
        };
        let mut rows: Vec<_> = self.user.services.iter().map(|s| row(s, false)).collect();
        if !rows.iter().any(|row| row.chosen) {
            let entry = ServiceEntry {
                name: name.clone(),
                address: address.clone(),
            };
            rows.push(ServiceRow {
                chosen: true,
                ..row(&entry, true)
            });
        }
        rows
    }
}

/// Without a time: it is the user who decides when.
fn waiting_offline() -> JobPhase {
    JobPhase::WaitingForService {
        reason: OFFLINE_JOB.into(),
        retry_in_secs: f64::INFINITY,
    }
}
