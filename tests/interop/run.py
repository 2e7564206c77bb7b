#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interop tests: run.py client TEST-PROGRAM SEED-DUMP SEED | story BUILD | written PROGRAM BUILD.
Exit 77 with the reason where they cannot run; "ready" only says whether they can."""
import sys

import client
import kit
import skips
import story
import written

STORIES = {'ready': lambda: 0, 'client': client.main, 'story': story.main, 'written': written.main}


def main(argv):
    try:
        kit.kit()
        return 1 if STORIES[argv[0]](*argv[1:]) else 0
    except kit.Skip as why:
        print(why)
        return 77 if argv[0] == 'ready' else skips.whole(f'{argv[0]}: {why}')


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
