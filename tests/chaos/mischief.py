"""What befalls the portal: random kill -9 of workers, their children and clocks; services that crash, freeze and return."""

import random
import signal
import time

from tests.chaos.stage import QUICK, kill, wait_until

MEAN = 0.12
FROZEN = 6.0
CHILDREN_OF_ALL = 0.92


class Mischief:
    """`run` kills until `kills` is reached, and hurts each service on the way. Everything random comes from the seed."""

    def __init__(self, company, seed, kills, acts):
        self.company, self.services = company, company.services
        self.dice, self.goal, self.acts = random.Random(seed), kills, list(acts)
        self.kills, self.log = {"child": 0, "worker": 0, "clock": 0}, []
        self.helpers = []

    @property
    def total(self):
        return sum(self.kills.values())

    def run(self):
        plan = self.plan()
        while self.total < self.goal:  # the killing goes on while other hands hurt the services
            while plan and plan[0][0] <= self.total:
                _, name, act = plan.pop(0)
                self.log.append(name)
                self.helpers.append(self.services.hands.submit(act))
            self.kill_one()
            self.company.replace_the_dead()
            time.sleep(self.dice.expovariate(1 / MEAN))
        for _, name, act in plan:
            self.log.append(name)
            act()
        for helper in self.helpers:
            helper.result(200)

    def plan(self):
        """(after how many kills, name, act): each service is hurt at a moment of its own."""
        share = [
            *((number / len(self.acts) * 0.8, f"act {act.number}", act.begin) for number, act in enumerate(self.acts)),
            (0.15, "PostgreSQL stop -m immediate", self.crash_database),
            (0.62, "PostgreSQL stop -m immediate", self.crash_database),
            (0.30, "Redis kill -9", self.crash_redis),
            (0.80, "Redis kill -9", self.crash_redis),
            (0.45, "Redis SIGSTOP", self.freeze_redis),
            *((0.1 + number * 0.18, "SIGTERM restart", self.restart_worker) for number in range(5)),
            *((0.2 + number * 0.25, "SIGQUIT", self.quit_worker) for number in range(3)),
            *((0.25 + number * 0.2, "SIGSTOP beyond the lease", self.freeze_child) for number in range(3)),
        ]
        return sorted(((round(part * self.goal), name, act) for part, name, act in share), key=lambda row: row[0])

    def kill_one(self):
        """Mostly children: a worker takes seconds to come back. Nobody while no worker is there: the dead do no harm."""
        victims, kind = self.company.children(), "child"
        if not victims:
            return
        throw = self.dice.random()
        if throw > CHILDREN_OF_ALL:
            kind = "worker" if throw < (1 + CHILDREN_OF_ALL) / 2 else "clock"
            victims = [row.pid for name, row in self.company.running.items() if name.startswith(kind)]
        if kill(self.dice.choice(victims)):
            self.kills[kind] += 1

    def crash_database(self):
        self.services.database.process.send_signal(signal.SIGQUIT)
        self.services.database.process.wait(30)
        time.sleep(0.5)
        self.services.database.start()

    def crash_redis(self):
        self.services.redis.kill()
        time.sleep(0.5)
        self.services.redis.start()

    def freeze_redis(self):
        server = self.services.redis.process.pid
        kill(server, signal.SIGSTOP)
        time.sleep(FROZEN)
        kill(server, signal.SIGCONT)

    def freeze_child(self):
        """A worker that sleeps through its lease, then wakes and believes that it still holds its messages."""
        victims = self.company.children()
        if victims and kill(victim := self.dice.choice(victims), signal.SIGSTOP):
            time.sleep(int(QUICK["SENDING_LEASE_SECONDS"]) + 2)
            kill(victim, signal.SIGCONT)

    def quit_worker(self):
        """A cold shutdown, in the middle of whatever it does."""
        kill(self.a_worker().pid, signal.SIGQUIT)

    def a_worker(self):
        return self.company.running[
            self.dice.choice([name for name in self.company.running if name.startswith("worker")])
        ]

    def restart_worker(self):
        """As a deploy does: SIGTERM, wait for the end of the task in hand, start."""
        process = self.a_worker()
        kill(process.pid, signal.SIGTERM)
        wait_until(lambda: process.poll() is not None, 20)
