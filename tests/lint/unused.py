#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every function that a header of src/ or ui/ offers has a caller there, tests apart: what nobody calls is wired where a
person needs it, or goes. What tests alone look through stands in FOR_TESTS."""
import collections
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# One row a kind, with why it is there without a caller.
FOR_TESTS = {
    'clocks, terminals and wires that tests stand in for':
        'clock_test_begin clock_test_advance clock_test_jump clock_test_end term_mem_new term_mem_text term_mem_style '
        'term_mem_cursor term_mem_frames term_mem_changed term_mem_set_size shell_feed shell_resized paint_last net_drop_all '
        'client_busy store_unlock store_flush_async',
    'tables are held against what they name':
        'args_spec_valid keymap_lint client_wanted_valid theme_role_name editor_action_exists note_templates',
    'what is known or kept is looked at from outside':
        'auth_session_expires scope_is_closed client_outbox_count code_list_count code_list_at patient_index_size '
        'patient_index_of chart_patient_words client_search_as_of patient_ctx_reason',
    'the way back from what is written, which property tests and fuzzers hold the writing against':
        'medication_to_order prescription_line vitals_line_text',
}
WORD = re.compile(r'[A-Za-z_]\w*')
DECLARED = re.compile(r'^(?!#|typedef\b|static\b|struct\b|enum\b|union\b|return\b)[A-Za-z_][\w \*]*?[ \*]([a-z_]\w*)\s*\([^;{]*\)'
                      r'\s*(?:G_GNUC_\w+(?:\([^)]*\))?\s*)*;', re.M)
DEFINED = re.compile(r'^(?!static\b)[A-Za-z_][\w \*]*?[ \*]([a-z_]\w*)\s*\([^;{]*\)\s*\{', re.M)


def code_of(path):
    """Without comments and without what stands in strings."""
    with open(os.path.join(TOP, path), encoding='utf-8') as f:
        text = re.sub(r'/\*.*?\*/', ' ', f.read(), flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def main():
    paths = [os.path.relpath(os.path.join(folder, name), TOP) for root in ('src', 'ui')
             for folder, _, names in os.walk(os.path.join(TOP, root)) for name in names if name.endswith(('.c', '.h'))]
    code = {path: code_of(path) for path in paths}
    named = collections.Counter(word for text in code.values() for word in WORD.findall(text))
    own = collections.Counter()  # what only says that the function is there
    offered = {}
    for path in sorted(code):
        for name in DECLARED.findall(code[path]) if path.endswith('.h') else ():
            offered[name] = path
            own[name] += 1
    for path, text in code.items():
        for name in DEFINED.findall(text) if path.endswith('.c') else ():
            own[name] += name in offered
    excused = {name for names in FOR_TESTS.values() for name in names.split()}
    idle = {name for name in offered if named[name] <= own[name]}
    faults = [f'{offered[name]}: nobody calls {name}' for name in sorted(idle - excused)]
    faults += [f'tests/lint/unused.py: {name} is not there any more' for name in sorted(excused - set(offered))]
    print('\n'.join(faults + [f'unused: {len(offered)} functions offered, {len(excused)} for tests, {len(faults)} faults']))
    return bool(faults)


sys.exit(main())
