#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write that could not begin is not done, whatever is free again a moment later. It waits out rond-core's own patience
with a database that another holds, so it takes its ten seconds."""
import contextlib
import sqlite3
import sys
import threading
import time

from harness import Core

NOTE = {'resourceType': 'Observation', 'status': 'final', 'code': {'text': 'x'}, 'subject': {'reference': 'Patient/p1'}}
WHOLE = {'resourceType': 'Bundle', 'type': 'transaction', 'entry': [{'resource': NOTE, 'request': {'method': 'POST', 'url': 'Observation'}}]}


def held_while(core, write):
    with contextlib.closing(sqlite3.connect(core.db, check_same_thread=False, isolation_level=None)) as db:
        db.execute('BEGIN IMMEDIATE')
        threading.Timer(10.5, lambda: db.execute('ROLLBACK')).start()
        answer = write()
        time.sleep(1)
    return answer.status, core.get('Observation?patient=p1&_summary=count').json['total']


with Core() as tested:
    tested.token(1)
    for way in (lambda: tested.post('Observation', NOTE), lambda: tested.post('', WHOLE)):
        got = held_while(tested, way)
        if got != (503, 0):
            sys.exit(f'status {got[0]}, {got[1]} there')
