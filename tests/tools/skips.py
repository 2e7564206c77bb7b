# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot run on this machine is told once more where ./check reads it for its summary: in the file that ROND_SKIPS
names. A machine may lack a right or a third-party set; what a package of data/packages would mend is a failure where
CI=true, because there all of them are installed."""
import os
import sys


def may(package):
    """Whether a test may be left out for that: @package is why, the reason lies in data/packages."""
    return not (package and os.environ.get('CI') == 'true')


def tell(why):
    """Says that something is left out, and why."""
    line = f'{os.path.basename(sys.argv[0])}: {why}'
    print('skipped:', line, flush=True)
    if os.environ.get('ROND_SKIPS'):
        with open(os.environ['ROND_SKIPS'], 'a', encoding='utf-8') as f:
            f.write(line + '\n')
    return line


def whole(why, package=False):
    """The exit of a program none of whose tests can run."""
    tell(why)
    return 77 if may(package) else 1
