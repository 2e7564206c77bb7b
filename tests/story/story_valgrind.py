#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short story with the supervisor and the session under valgrind: no error, nothing definitely lost."""
import glob
import os
import re
import shutil

from person import HERE, Person, check, main, quit, short_story, skip


def story(home, a):
    if not shutil.which('valgrind'):
        skip('valgrind is not installed', package=True)
    with Person(home) as p:  # cards and hospital are made outside, or it takes minutes
        p.wait('1  Eva Lind', 60)
        quit(p)
    home.wait_core_gone()
    logs = home.path('valgrind')
    command = ['valgrind', '--quiet', '--leak-check=full', '--errors-for-leak-kinds=definite',
               '--show-leak-kinds=definite', '--num-callers=20', '--child-silent-after-fork=no',
               '--suppressions=' + os.path.join(HERE, 'valgrind.supp'), f'--log-file={logs}.%p', home.rond]
    with Person(home, command=command) as p:
        p.wait('1  Eva Lind', 180)
        short_story(p, home, 'Mår bättre.')
        quit(p)
    said, names = '', glob.glob(logs + '.*')
    check(len(names) >= 2, 'no log of the session')
    for name in names:
        with open(name, encoding='utf-8', errors='replace') as f:
            text = f.read()
        # what valgrind says of itself, and of system calls it does not know, has no call stack
        if re.search(r'^==\d+==\s+at 0x', text, re.M):
            said += text
    check(not said, said[:6000])
    return f'{len(names)} processes'


if __name__ == '__main__':
    main({'valgrind': story})
