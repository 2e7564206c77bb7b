#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyboard is never blocked: the real rond on a pty with a core that answers after five seconds,
or a card module that hangs, while keys are typed all the time. Asserted from inside (ROND_TRACE_LOOP:
CPU of every turn of the main loop) and from outside (strace: what that thread waits in).

NAME.py BUILD [STORY…]; the figures are printed, also when they are good."""
import collections
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'story'))
from person import (LIMIT, OBERG, PIN, PIN_ASKED, Failed, Home, Person, check, insert_card, login, main, open_oberg, unlock,
                    wait_chart)

CPU_MS = 8.0   # of one turn of the main loop
WAIT_MS = 8.0  # in one system call outside poll, by the wall clock
SLOW = 5.0     # seconds until the core answers
LARGE, LARGE_SHOWN = '196210129794', '19621012-9794'
MAY_WAIT = ('poll', 'ppoll', 'epoll_wait', 'epoll_pwait', 'epoll_pwait2', 'select', 'pselect6', 'restart_syscall')


class SlowCore(threading.Thread):
    """Stands in the core's place on its socket; what the core answers is handed on after SLOW seconds,
    each connection on its own clock. The core's own socket is moved aside, its connections stay."""

    def __init__(self, path, seconds=0.0):
        super().__init__(daemon=True)
        self.path, self.behind, self.seconds, self.asked = path, path + '.behind', seconds, 0
        os.rename(path, self.behind)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(32)
        self.start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            core = socket.socket(socket.AF_UNIX)
            core.connect(self.behind)
            threading.Thread(target=self.forward, args=(client, core, False), daemon=True).start()
            threading.Thread(target=self.forward, args=(core, client, True), daemon=True).start()

    def forward(self, source, sink, late):
        """Late: every burst is held back as long as the first byte of it is young."""
        try:
            while data := source.recv(1 << 16):
                if late:
                    time.sleep(self.seconds)
                else:
                    self.asked += 1
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def end(self):
        self.listener.close()
        os.replace(self.behind, self.path)


class Trace:
    """What ROND_TRACE_LOOP wrote, for all sessions of one run."""

    def __init__(self, path):
        with open(path) as f:
            self.text = f.read()
        self.turns = sum(map(int, re.findall(r'^turns (\d+)', self.text, re.M)))
        self.worst = sorted((float(c), float(w), int(n), m) for c, w, n, m in
                            re.findall(r'^turn cpu ([\d.]+) ms wall ([\d.]+) ms waits (\d+)\n((?:  .*\n)*)', self.text, re.M))

    def check(self, what):
        check(self.turns > 0, f'{what}: the loop wrote nothing')
        cpu = self.worst[-1][0]
        if cpu > CPU_MS:
            self.explain()
        check(cpu <= CPU_MS, f'{what}: a turn of the main loop took {cpu} ms of CPU')
        return f'{self.turns} turns, worst {cpu:.1f} ms CPU'

    def explain(self):
        for cpu, wall, waits, samples in reversed(self.worst[-4:]):
            print(f'---- {cpu} ms CPU, {wall} ms by the clock, waited {waits} times\n{symbols(samples)}', file=sys.stderr)


def symbols(samples):
    """Names for rond's own addresses."""
    own = sorted(set(re.findall(r'\brond\+(0x[0-9a-f]+)', samples)))
    if not own:
        return samples
    r = subprocess.run(['addr2line', '-f', '-s', '-e', BUILD + '/src/main/rond', *own], capture_output=True, text=True)
    names = r.stdout.split('\n')[::2]
    for address, name in zip(own, names):
        samples = samples.replace(f'rond+{address} ', name + ' ').replace(f'rond+{address}\n', name + '\n')
    return samples


class Watch:
    """strace on the UI thread alone."""

    def __init__(self, home, pid):
        self.out = home.path('strace.out')
        self.child = subprocess.Popen(['strace', '-q', '-T', '-p', str(pid), '-o', self.out], stderr=subprocess.PIPE)
        time.sleep(0.5)

    def check(self, what):
        self.child.terminate()
        self.child.wait(LIMIT)
        with open(self.out, errors='replace') as f:
            text = f.read()
        calls = collections.Counter()
        late = []
        for name, took in re.findall(r'^(\w+)\(.*<(\d+\.\d+)>$', text, re.M):
            calls[name] += 1
            if name not in MAY_WAIT and float(took) * 1000 > WAIT_MS:
                late.append((name, float(took)))
        never = [n for n in ('fsync', 'fdatasync', 'wait4', 'nanosleep', 'clock_nanosleep', 'getaddrinfo', 'flock', 'connect_inet')
                 if calls[n]]
        print(f'{what}: {sum(calls.values())} calls; {calls.most_common(12)}; late {late}')
        check(not never, f'{what}: the UI thread called {never}')
        return late


def trace_path(home):
    path = home.path('loop.trace')
    if os.path.exists(path):
        os.unlink(path)
    return path


def tour(p):
    """Every view, the editors with some text in them, help and palette, the diary of day and week."""
    open_oberg(p)
    for key in ('a', 'l', 'm', 'p', 't', 'd', 'u', 'ö', '?', '<C-p>', 'n', 'o', 'b', 'F2'):
        p.press(key if len(key) == 1 or key[0] == '<' else f'<{key}>')
        p.look(0.4)
        if key == 'n':
            p.press('<Enter>')
            p.look(0.3)
        if key in 'nob':
            p.type('alvedon 1g x4 vb smärta')
        p.press('<Down>', '<PgDn>', '<Up>', '<Esc>')
        p.look(0.2)
    for key in ('h', 'k', '<PgDn>', 'w', '<PgDn>', 'h'):
        p.press(key)
        p.look(0.4)


def large(p):
    """The patient with 10,000 resources."""
    p.press('/')
    p.type(LARGE)
    p.wait(LARGE_SHOWN)
    p.press('<Enter>')
    wait_chart(p, LARGE_SHOWN)
    for key in 'almptdu':
        p.press(key)
        p.look(0.4)
        p.press('<End>', '<PgUp>')


def plain(home, a):
    path = trace_path(home)
    with Person(home, env={'ROND_TRACE_LOOP': path}) as p:
        p.wait('Eva Lind', LIMIT * 2)
        insert_card(home)
        login(p)
        tour(p)
        large(p)
        p.press('<F10>')
        unlock(p)
        wait_chart(p, LARGE_SHOWN)
        p.look(0.5)
        p.press('<C-q>')
        p.ended()
    return Trace(path).check('plain')


BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ''

if __name__ == '__main__':
    main({'plain': plain})
