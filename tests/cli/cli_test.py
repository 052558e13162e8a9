#!/usr/bin/env python3
"""The command line as users and their scripts meet it: streams, exit codes, files, messages.

  cli_test.py TOOL SOURCE_DIR     (the rest goes to unittest)
"""
import html.parser
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOOL, SOURCE = sys.argv[1:3]
del sys.argv[1:3]


def example(name):
    return os.path.join(SOURCE, 'examples', name)


def call(*arguments, stdin=None):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True, errors='replace',
                          input=stdin, timeout=120)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            mode = 'wb' if isinstance(content, bytes) else 'w'
            with open(path, mode) as file:
                file.write(content)
        return path

    def succeeds(self, *arguments, **kwargs):
        result = call(*arguments, **kwargs)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result


class General(Case):
    def test_usage_errors_exit_2(self):
        for arguments in ([], ['frobnicate'], ['check'], ['optimize', 'x.hlo', '--no-such-flag']):
            self.assertEqual(call(*arguments).returncode, 2, arguments)

    def test_help_has_examples(self):
        self.assertIn('Examples:', self.succeeds('--help').stdout)

    def test_version_is_json(self):
        self.assertIn('tool_version', json.loads(self.succeeds('version', '--json').stdout))


class BadInput(Case):
    def refuses(self, name, content, place):
        path = self.path(name, content)
        result = call('check', path)
        self.assertEqual(result.returncode, 3, name)
        line = result.stdout.strip()
        self.assertTrue(line.startswith(f'error {path}:'), line[:200])
        self.assertRegex(line[len(f'error {path}:'):], place)
        out = self.path('out.hlo')
        result = call('optimize', path, '-o', out)
        self.assertEqual(result.returncode, 3, name)
        self.assertEqual([], [f for f in os.listdir(self.folder.name) if f.startswith('out')])

    def test_empty_file(self):
        self.refuses('empty.hlo', '', '.')

    def test_unknown_op(self):
        self.refuses('op.hlo', 'HloModule m\n\nENTRY e {\n  ROOT x = f32[2] frobnicate()\n}\n', r'4:\d+: ')

    def test_deep_nesting(self):
        self.refuses('deep.hlo', 'HloModule m\nENTRY e { ROOT x = ' + '(' * 100000, r'\d+:\d+: ')
        self.refuses('deep.json', '[' * 100000, '.')

    def test_overflowing_shape(self):
        self.refuses('big.hlo', 'ENTRY e {\n  ROOT p = f32[4294967296,4294967296,4294967296] parameter(0)\n}\n',
                     r'2:\d+: ')

    def test_wrong_json(self):
        self.refuses('list.json', '[1, 2, 3]', '.')
        self.refuses('syntax.json', '{"hloModule": \n {,} }', r'2:')

    def test_truncated_proto(self):
        whole = self.path('m.pb')
        self.succeeds('convert', example('mlp_f32.hlo'), '-o', whole)
        with open(whole, 'rb') as file:
            content = file.read()
        self.refuses('truncated.pb', content[:len(content) // 2], '.')

    def test_shape_mismatch_names_both_sides(self):
        text = 'ENTRY e {\n  p = f32[2,3] parameter(0)\n  ROOT n = f32[3,2] negate(p)\n}\n'
        path = self.path('shape.hlo', text)
        result = call('check', path)
        self.assertEqual(result.returncode, 3)
        self.assertIn('f32[2,3]', result.stdout)
        self.assertIn('f32[3,2]', result.stdout)

    def test_missing_file(self):
        self.assertEqual(call('check', self.path('nowhere.hlo')).returncode, 3)


class Extract(Case):
    GRAPH = {'nodes': {'r': {'op': 'add', 'children': ['a', 'b'], 'eclass': '0', 'cost': 1},
                       'a': {'op': 'dear', 'eclass': '1', 'cost': 10},
                       'a2': {'op': 'of', 'eclass': '1', 'cost': 0, 'children': ['s']},
                       'b': {'op': 'dear', 'eclass': '2', 'cost': 10},
                       'b2': {'op': 'of', 'eclass': '2', 'cost': 0, 'children': ['s']},
                       's': {'op': 'shared', 'eclass': '3', 'cost': 12}},
             'root_eclasses': ['0']}

    def test_what_is_shared_costs_once(self):
        out = self.path('out.json')
        result = call('extract', self.path('in.json', json.dumps(self.GRAPH)), '-o', out)
        report = json.loads(result.stdout)
        self.assertEqual((report['tree_cost'], report['dag_cost'], report['lower_bound'],
                          report['gap'], report['optimal']), (21, 13, 13, 0, True))
        with open(out) as chosen:
            self.assertEqual(sorted(json.load(chosen)['nodes']), ['a2', 'b2', 'r', 's'])

    def test_several_results(self):
        result = call('extract', self.path('in.json', json.dumps(self.GRAPH)), '--top=9')
        self.assertEqual([r['dag_cost'] for r in json.loads(result.stdout)['top']],
                         [13, 21, 23, 23])

    @staticmethod
    def costs_of_all_programs(classes):
        """Of an e-graph given as (cost, children) by class and node: each choice of a node for some
        classes that builds class 0 without cycles and without anything unneeded."""
        costs = []
        for choice in itertools.product(*([None, *nodes] for nodes in classes)):
            built, before = set(), None
            while built != before:
                before = set(built)
                built |= {c for c, node in enumerate(choice) if node and built.issuperset(node[1])}
            needed, stack = set(), [0]
            while stack:
                cls = stack.pop()
                if cls not in needed and choice[cls]:
                    stack += choice[cls][1]
                needed.add(cls)
            if needed <= built and all((c in needed) == bool(n) for c, n in enumerate(choice)):
                costs.append(sum(node[0] for node in choice if node))
        return sorted(costs)

    def test_random_graphs_against_trying_everything(self):
        random_numbers = random.Random(1)
        pick = random_numbers.choice
        for _ in range(40):
            classes = [[(pick([0, 0, 1, 2, 3, 0.25]), [pick(range(5)) for _ in range(pick(range(3)))])
                        for _ in range(pick([1, 2, 3]))] for _ in range(5)]
            nodes = {f'{c}.{i}': {'op': 'f', 'eclass': str(c), 'cost': cost,
                                  'children': [f'{child}.0' for child in children]}
                     for c, members in enumerate(classes)
                     for i, (cost, children) in enumerate(members)}
            graph = self.path('in.json', json.dumps({'nodes': nodes, 'root_eclasses': ['0']}))
            expected = self.costs_of_all_programs(classes)
            result = call('extract', graph, f'--top={len(expected) + 1}')
            if not expected:
                self.assertEqual(result.returncode, 3)
                continue
            report = json.loads(result.stdout)
            top = report.get('top', [report])
            self.assertEqual([r['dag_cost'] for r in top], expected, classes)
            self.assertTrue(all(r['optimal'] for r in top))

    def test_a_root_that_does_not_exist(self):
        path = self.path('in.json', json.dumps({**self.GRAPH, 'root_eclasses': ['9']}))
        result = call('extract', path)
        self.assertEqual(result.returncode, 3)
        self.assertRegex(result.stderr, r"in\.json:1:\d+: root_eclasses\[0\]: .*'9'")


class Convert(Case):
    def test_formats_agree(self):
        text = self.path('a.hlo')
        self.succeeds('convert', example('attention_bf16.hlo'), '-o', text)
        proto, as_json, again = self.path('a.pb'), self.path('a.json'), self.path('b.hlo')
        self.succeeds('convert', text, '-o', proto)
        self.succeeds('convert', proto, '-o', as_json)
        self.succeeds('convert', as_json, '-o', again)
        with open(text) as a, open(again) as b:
            self.assertEqual(a.read(), b.read())

    def test_stdin_to_stdout(self):
        with open(example('mlp_f32.hlo')) as file:
            result = self.succeeds('convert', '-', '-o', '-', stdin=file.read())
        self.assertIn('ENTRY', result.stdout)


class Explain(Case):
    PROJECTION = ('explain', example('projection.hlo'), '--target=amdgpu')

    def answer(self, *arguments):
        return json.loads(self.succeeds(*arguments, '--format=json').stdout)

    def why_not(self, question, *arguments):
        return self.answer(*self.PROJECTION, f'--why-not={question}', *arguments)

    def test_a_chain_leads_from_the_input_to_the_result(self):
        instructions = self.answer(*self.PROJECTION)['instructions']
        self.assertEqual([i['name'] for i in instructions], ['product'])
        self.assertEqual(instructions[0]['same_as'], ['product', 'result'])
        steps = instructions[0]['steps']
        self.assertLessEqual({'multiply-one', 'dot-absorbs-rhs-transpose'}, {s['rule'] for s in steps})
        for step in steps:
            self.assertTrue(step['checked'], step)
            self.assertNotEqual(step['before'], step['after'])
            file, line = step['source'].rsplit(':', 1)
            with open(file) as rules:
                self.assertIn(step['rule'].removesuffix('.reverse'), rules.readlines()[int(line) - 1])

    def test_text_has_rules_with_their_places(self):
        text = self.succeeds(*self.PROJECTION, '--at=%product').stdout
        self.assertRegex(text, r'computes %product, %result of the input, by')
        self.assertRegex(text, r'multiply-one  \S+algebra.eqr:\d+')

    def test_an_instruction_of_the_input_is_found_in_the_result(self):
        self.assertEqual([i['name'] for i in self.answer(*self.PROJECTION, '--at=result')['instructions']],
                         ['product'])

    def test_real_programs_have_checked_chains(self):
        for name in ('attention_f32.hlo', 'mlp_train_f32.hlo', 'lstm_f32.hlo'):
            answer = self.answer('explain', example(name), '--budget=nodes:4k')
            steps = [s for i in answer['instructions'] for s in i['steps']]
            unchecked = [s['rule'] for s in steps if not s['checked']]
            self.assertLessEqual(len(unchecked) * 10, len(steps), unchecked)

    def test_what_is_not_there_exits_2(self):
        for arguments in (['--at=%nowhere'], ['--why-not=multiply-one@%nowhere'],
                          ['--why-not=multiply-one'], ['--why-not=no-such-rule@%scaled']):
            self.assertEqual(call(*self.PROJECTION, *arguments).returncode, 2, arguments)
        self.assertIn("did you mean 'multiply-one'",
                      call(*self.PROJECTION, '--why-not=multiply-onee@%scaled').stderr)

    def test_why_not_names_the_operand_that_differs(self):
        answer = self.why_not('transpose-of-dot@%scaled')
        self.assertEqual(answer['answer'], 'no match')
        self.assertIn('transpose', answer['text'])

    def test_why_not_names_the_guard_with_its_values(self):
        rules = self.path('mine.eqr', 'language 1\n'
                          'flat [exact]: transpose(x, perm=p) => reshape(x, shape=[2048]) '
                          'where rank(x) == 1 and is_identity(p)\n')
        answer = self.why_not('flat@%weights_t', f'--rules={rules}')
        self.assertEqual(answer['answer'], 'no match')
        self.assertIn('rank(x) == 1', answer['premise'])
        self.assertIn('x = %weights f32[32,64]', answer['values'])
        self.assertIn('p = [1,0]', answer['values'])

    def test_why_not_knows_what_takes_no_part(self):
        answer = self.why_not('log-of-exponential@%scaled',
                              f'--rules={example("activations.eqr")}')
        self.assertEqual(answer['answer'], 'off')
        self.assertIn('approx', answer['text'])

    def test_why_not_knows_when_the_search_ended(self):
        rules = self.path('mine.eqr', 'language 1\n'
                          'one [exact]: exponential(x) => sine(x)\n'
                          'two [exact]: sine(x) => cosine(x)\n')
        graph = self.path('graph.hlo', 'HloModule m\n\nENTRY e {\n  x = f32[64] parameter(0)\n'
                          '  ROOT y = f32[64] exponential(x)\n}\n')
        answer = self.answer('explain', graph, f'--rules={rules}', '--no-default-rules',
                             '--budget=iterations:1', '--why-not=two@y')
        self.assertEqual(answer['answer'], 'not reached')
        self.assertIn('iteration limit', answer['text'])

    def test_why_not_knows_what_was_used_and_what_was_too_dear(self):
        self.assertEqual(self.why_not('multiply-one@%scaled')['answer'], 'used')
        rules = self.path('mine.eqr', 'language 1\n'
                          'slow [exact]: exponential(x) => exponential(negate(negate(x)))\n')
        graph = self.path('graph.hlo', 'HloModule m\n\nENTRY e {\n  x = f32[64] parameter(0)\n'
                          '  ROOT y = f32[64] exponential(x)\n}\n')
        answer = self.answer('explain', graph, f'--rules={rules}', '--no-default-rules',
                             '--budget=iterations:2', '--why-not=slow@y')
        self.assertEqual(answer['answer'], 'too dear')
        self.assertLess(answer['seconds'], answer['seconds_with'])

    def test_why_not_knows_what_was_known_already(self):
        rules = self.path('mine.eqr', 'language 1\n'
                          'first [exact]: negate(negate(x)) => x\n'
                          'second [exact]: negate(negate(negate(x))) => negate(x)\n')
        graph = self.path('graph.hlo', 'HloModule m\n\nENTRY e {\n  x = f32[64] parameter(0)\n'
                          '  a = f32[64] negate(x)\n  b = f32[64] negate(a)\n'
                          '  ROOT c = f32[64] negate(b)\n}\n')
        answer = self.answer('explain', graph, f'--rules={rules}', '--no-default-rules',
                             '--why-not=second@c')
        self.assertEqual(answer['answer'], 'known')

    def test_a_search_that_goes_on_from_another_is_explained_too(self):
        graph = self.path('graph.hlo', '''HloModule m
t { a = f32[64] parameter(0)  ROOT c = f32[64] exponential(a) }
f { a = f32[64] parameter(0)  ROOT c = f32[64] sine(a) }
ENTRY e { x = f32[64] parameter(0)  n = s32[] constant(3)  m = s32[] add(n, n)
  k = s32[] constant(6)  p = pred[] compare(m, k), direction=EQ
  c = f32[64] conditional(p, x, x), true_computation=t, false_computation=f
  ROOT r = f32[64] abs(c) }
''')
        chains = self.answer('explain', graph, '--target=cpu')['instructions']
        self.assertEqual({chain['round'] for chain in chains}, {0, 1})
        rules = [step['rule'] for chain in chains if chain['round'] == 1 for step in chain['steps']]
        self.assertEqual(rules, ['abs-exponential'])
        asked = self.answer('explain', graph, '--target=cpu', '--at=r')['instructions']
        self.assertEqual([chain['round'] for chain in asked], [0, 1])


    def test_forms_that_no_rule_gives_are_named(self):
        graph = self.path('graph.hlo', '''HloModule m
t { a = f32[64] parameter(0)  ROOT c = f32[64] exponential(a) }
f { a = f32[64] parameter(0)  ROOT c = f32[64] sine(a) }
ENTRY e { x = f32[64] parameter(0)  p = pred[] constant(true)
  ROOT c = f32[64] conditional(p, x, x), true_computation=t, false_computation=f }
''')
        text = self.succeeds('optimize', graph, '-o', self.path('out.hlo')).stderr
        self.assertRegex(text, r'changed by +known-branch ×1\n')
        summary = json.loads(self.succeeds('optimize', graph, '-o', self.path('out.hlo'), '--json').stdout)
        self.assertEqual(summary['forms'], {'known-branch': 1})
        self.assertEqual(self.answer('explain', graph)['forms'], {'known-branch': 1})
        self.assertIn('known-branch ×1', self.succeeds('explain', graph).stdout)


class Optimize(Case):
    def summary(self, name, *arguments):
        out = self.path('out.hlo')
        result = self.succeeds('optimize', example(name), '-o', out, '--json', *arguments)
        self.succeeds('check', out)
        return json.loads(result.stdout), out

    def test_summary_and_artifacts(self):
        for target, ending in (('cpu', '.o'), ('amdgpu:gfx942', '.hsaco'), ('nvptx:sm_90', '.ptx')):
            summary, out = self.summary('mlp_f32.hlo', f'--target={target}')
            for key in ('cost_before', 'cost_after', 'stopped_by', 'enodes', 'eclasses', 'iterations',
                        'seconds', 'numerics', 'kernels', 'changed', 'rules', 'not_lowered'):
                self.assertIn(key, summary)
            self.assertLess(summary['cost_after'], summary['cost_before'])
            self.assertTrue(os.path.getsize(self.path('out' + ending)))
            with open(self.path('out.plan.json')) as file:
                json.load(file)

    def test_stages_in_place_of_the_graph(self):
        run = ('optimize', example('projection.hlo'), '--target=nvptx:sm_90')
        for stage, part in (('asm', '.visible .entry'), ('llvm', 'define '), ('kernel-ir', 'kernel '),
                            ('plan', '"programs"')):
            self.assertIn(part, self.succeeds(*run, f'--emit={stage}').stdout)
            self.assertIn(stage, self.succeeds('optimize', '--list-emit').stdout)
        self.assertEqual(call(*run, '--emit=asm,llvm').returncode, 2)
        wrong = call(*run, '--emit=spirv')
        self.assertEqual(wrong.returncode, 2)
        self.assertIn('kernel-ir', wrong.stderr)

    def test_the_searched_graph_can_be_extracted_again(self):
        run = ('optimize', example('mlp_f32.hlo'))
        path = self.path('searched.json', self.succeeds(*run, '--emit=egraph-json').stdout)
        extracted = json.loads(self.succeeds('extract', path, '-o', self.path('chosen.json')).stdout)
        self.assertTrue(0 < extracted['lower_bound'] <= extracted['dag_cost'] < 1)
        self.assertIn('digraph', self.succeeds(*run, '--emit=egraph-dot').stdout)

    def test_mixed_precision_is_written_out(self):
        mixed = self.path('mixed.hlo', 'HloModule m\nENTRY e {\n  a = bf16[2] parameter(0)\n'
                          '  b = f32[2] parameter(1)\n  ROOT s = f32[2] add(a, b)\n}\n')
        self.assertEqual(call('check', mixed).returncode, 3)
        self.succeeds('check', '--mixed-precision', mixed)
        ran = self.succeeds('run', mixed, '--target=interpret', '--input=bf16[2]=[1 2]',
                            '--input=f32[2]=[0.5 0.25]')
        self.assertEqual(ran.stdout.strip(), 'f32[2]=[1.5,2.25]')
        self.assertIn('convert', self.succeeds('optimize', mixed).stdout)

    def test_unsigned_numbers_have_all_their_bits(self):
        text = 'ENTRY e { x = u64[2] parameter(0) ROOT r = u64[2] not(x) }'
        ran = self.succeeds('run', self.path('not.hlo', text), '--target=interpret',
                            '--input=u64[2]=[18446744073709551615 9223372036854775808]')
        self.assertEqual(ran.stdout.strip(), 'u64[2]=[0,9223372036854775807]')
        larger = call('run', self.path('not.hlo', text), '--target=interpret',
                      '--input=u64[2]=[18446744073709551616 1]')
        self.assertEqual(larger.returncode, 2)

    def test_output_is_equal_to_the_input(self):
        for name in ('attention_f32.hlo', 'mlp_bf16.hlo', 'lstm_f32.hlo'):
            _, out = self.summary(name)
            self.succeeds('verify', example(name), out, '--runs=2')

    def test_same_output_every_time(self):
        texts = []
        for _ in range(2):
            _, out = self.summary('attention_f32.hlo', '--budget=nodes:20k,time:10m')
            with open(out) as file:
                texts.append(file.read())
        self.assertEqual(*texts)

    def test_a_graph_without_code_is_still_delivered(self):
        graph = self.path('unbounded.hlo', 'HloModule m\nENTRY e {\n  p = f32[?,4] parameter(0)\n'
                          '  c = s32[2] constant({1, 2})\n  n = s32[2] negate(c)\n  m = s32[2] negate(n)\n'
                          '  ROOT t = (f32[?,4], s32[2]) tuple(p, m)\n}\n')
        out = self.path('out.hlo')
        summary = json.loads(self.succeeds('optimize', graph, '-o', out, '--json').stdout)
        self.assertIn('no bound', summary['not_compiled'])
        with open(out) as file:
            self.assertNotIn('negate', file.read())
        self.assertIn('none: ', self.succeeds('optimize', graph, '-o', out).stderr)
        asked = call('optimize', graph, '-o', self.path('none.hlo'), '--emit=kernels')
        self.assertEqual(asked.returncode, 3)
        self.assertIn('no bound', asked.stderr)
        self.assertFalse(os.path.exists(self.path('none.hlo')))

    def test_unknown_target_exits_7(self):
        result = call('optimize', example('mlp_f32.hlo'), '--target=amdgpu:gfx943')
        self.assertEqual(result.returncode, 7)
        self.assertIn('gfx942', result.stderr)

    def test_the_graph_goes_to_stdout(self):
        result = self.succeeds('optimize', example('mlp_f32.hlo'))
        self.assertTrue(result.stdout.startswith('HloModule'))
        self.assertIn('predicted', result.stderr)


class Rules(Case):
    TEXT = 'HloModule m\n\nENTRY e {\n  p = f32[64] parameter(0)\n  s = f32[64] sine(p)\n' \
           '  ROOT a = f32[64] abs(s)\n}\n'

    def test_a_rule_file_changes_the_result(self):
        graph = self.path('g.hlo', self.TEXT)
        rules = self.path('mine.eqr', 'language 1\nsine-is-small [approx]: abs(sine(x)) => abs(x)\n')
        plain = self.succeeds('optimize', graph, '--numerics=approx').stdout
        changed = self.succeeds('optimize', graph, '--numerics=approx', f'--rules={rules}').stdout
        self.assertIn(' sine(', plain)
        self.assertNotIn(' sine(', changed)

    def test_a_researchers_rules_pass_their_tests_and_change_a_network(self):
        rules = example('activations.eqr')
        self.assertIn('10 of 10', self.succeeds('rules', 'test', rules).stdout)
        out = self.path('out.hlo')
        run = ('optimize', example('mlp_f32.hlo'), '-o', out, '--json', '--numerics=approx')
        plain = json.loads(self.succeeds(*run).stdout)
        changed = json.loads(self.succeeds(*run, f'--rules={rules}').stdout)
        self.assertLess(changed['cost_after'], plain['cost_after'])
        used = {rule['name'] for rule in changed['rules'] if rule['in_result']}
        self.assertIn('gelu_by_logistic', used)
        self.assertEqual(changed['numerics'], 'approx')

    def test_a_broken_rule_file_exits_4(self):
        rules = self.path('broken.eqr', 'language 1\n\nr1 [exact]: ad(x, 0) => x\n')
        result = call('optimize', example('mlp_f32.hlo'), f'--rules={rules}')
        self.assertEqual(result.returncode, 4)
        self.assertRegex(result.stderr, re.escape(rules) + r':3:\d+: ')

    def test_list_is_json(self):
        rules = json.loads(self.succeeds('rules', 'list', '--json').stdout)
        self.assertGreaterEqual(len(rules), 100)
        for rule in rules:
            self.assertTrue({'name', 'file', 'numerics', 'proof'} <= set(rule))


class RuleTools(Case):
    def test_fmt(self):
        rules = self.path('r.eqr', 'language 1\na  [exact] :abs( abs(x) )=>abs(x)\n')
        result = call('rules', 'fmt', '--check', rules)
        self.assertEqual((result.returncode, result.stdout), (1, rules + '\n'))
        self.succeeds('rules', 'fmt', rules)
        self.succeeds('rules', 'fmt', '--check', rules)
        with open(rules) as file:
            self.assertEqual(file.read(), 'language 1\na [exact]: abs(abs(x)) => abs(x)\n')
        self.assertEqual(call('rules', 'fmt', self.path('b.eqr', 'language 1\nrule {')).returncode, 4)

    def new(self, before, after, name='found'):
        rules = self.path(name + '.eqr')
        result = call('rules', 'new', self.path('a.hlo', before), self.path('b.hlo', after),
                      f'--name={name}', '-o', rules)
        if result.returncode != 0:
            return result.returncode, result.stderr
        self.succeeds('rules', 'fmt', '--check', rules)
        with open(rules) as file:
            return file.read(), result.stderr

    def test_new_names_what_is_equal_on_both_sides(self):
        text, judgement = self.new(
            'ENTRY e {\n  x = f32[2,3] parameter(0)\n  n = f32[2,3] negate(x)\n'
            '  ROOT t = f32[3,2] transpose(n), dimensions={1,0}\n}\n',
            'ENTRY e {\n  x = f32[2,3] parameter(0)\n  t = f32[3,2] transpose(x), dimensions={1,0}\n'
            '  ROOT n = f32[3,2] negate(t)\n}\n')
        self.assertIn('match   transpose(negate(x), perm=p)', text)
        self.assertIn('to      negate(transpose(x, perm=p))', text)
        self.assertIn('given   x: T[N0, N1]', text)
        self.assertIn('transpose(negate(x), perm=[1,0])', text)
        self.assertIn('the rule holds', judgement)

    def test_new_takes_common_terms_for_variables(self):
        text, judgement = self.new(
            'ENTRY e {\n  x = s32[8] parameter(0)\n  s = s32[8] multiply(x, x)\n  z = s32[] constant(0)\n'
            '  b = s32[8] broadcast(z), dimensions={}\n  ROOT r = s32[8] add(s, b)\n}\n',
            'ENTRY e {\n  x = s32[8] parameter(0)\n  ROOT s = s32[8] multiply(x, x)\n}\n')
        self.assertIn('match   add(multiply, 0)\n  to      multiply\n', text)
        # True of integers only, which the test on random programs says.
        self.assertIn('not right yet', judgement)

    def test_new_refuses_what_is_no_rule(self):
        same = 'ENTRY e {\n  x = f32[8] parameter(0)\n  ROOT r = f32[8] abs(x)\n}\n'
        self.assertEqual(self.new(same, same)[0], 3)
        other = 'ENTRY e {\n  x = f32[9] parameter(0)\n  ROOT r = f32[9] abs(x)\n}\n'
        self.assertEqual(self.new(same, other)[0], 3)

    def test_doc_is_one_page_with_every_rule_drawn(self):
        page = self.path('rules.html')
        self.succeeds('rules', 'doc', '-o', page)
        with open(page) as file:
            text = file.read()
        rules = json.loads(self.succeeds('rules', 'list', '--json').stdout)
        self.assertEqual(text.count('<article'), len(rules))
        self.assertEqual(text.count('<svg'), 2 * len(rules))
        for rule in rules:
            self.assertIn(f'id="{rule["name"]}"', text)
        self.assertNotIn('src=', text)
        parser = TagBalance()
        parser.feed(text)
        self.assertEqual(parser.open, [])

    def test_profile_counts_what_rules_do(self):
        run = ('rules', 'profile', example('projection.hlo'), example('mlp_f32.hlo'), '-O1')
        profile = json.loads(self.succeeds(*run, '--json', '--suggest-limits').stdout)
        self.assertEqual(profile['graphs'], 2)
        by_name = {rule['name']: rule for rule in profile['rules']}
        self.assertGreater(by_name['multiply-one']['in_result'], 0)
        self.assertGreaterEqual(by_name['multiply-one']['matches'],
                                by_name['multiply-one']['applications'])
        self.assertTrue(profile['never_matched'])
        self.assertFalse(set(profile['never_matched']) & set(by_name))
        self.assertIn('cost_after', profile['with_limits'])
        self.assertIn('never matched', self.succeeds(*run).stdout)

    def test_discover_finds_what_the_library_lacks(self):
        rules = self.path('found.eqr')
        result = self.succeeds('rules', 'discover', '--ops=and,or,not', '--type=s32', '--size=2',
                               '--no-default-rules', '--numbers=0,-1', '-o', rules)
        self.assertRegex(result.stderr, r'\d+ rules, \d+ proved')
        with open(rules) as file:
            text = file.read()
        self.assertIn('and(a: Int, a) => a', text)
        self.assertIn('not(not(a: Int)) => a', text)
        self.assertIn('and(a: Int, 0) => 0', text)
        self.succeeds('rules', 'fmt', '--check', rules)
        self.succeeds('rules', 'test', rules, '--runs=20')
        again = self.succeeds('rules', 'discover', '--ops=and,or,not', '--type=s32', '--size=2',
                              '--no-default-rules', f'--rules={rules}', '--numbers=0,-1')
        self.assertNotIn('found_1', again.stdout)

    def test_discover_refuses_other_ops(self):
        for ops in ('transpose', 'is_finite', 'frobnicate'):
            self.assertEqual(call('rules', 'discover', f'--ops={ops}').returncode, 2, ops)


class TagBalance(html.parser.HTMLParser):
    VOID = {'meta', 'input', 'rect', 'line', 'br'}

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:], self.getpos())
        self.open.pop()


class Run(Case):
    def close(self, got, want, name):
        self.assertEqual(len(got), len(want), name)
        for g, w in zip(got, want):
            scale = max([abs(x) for x in w] + [1e-6])
            self.assertLess(max(abs(x - y) for x, y in zip(g, w)), 2e-4 * scale, name)

    def test_compiled_code_gives_what_jax_gave(self):
        for name in sorted(os.listdir(os.path.join(SOURCE, 'examples'))):
            if not name.endswith('.expected.json'):
                continue
            with open(example(name)) as file:
                expected = json.load(file)
            arguments = []
            for i, value in enumerate(expected['inputs']):
                text = value['shape'] + '=' + ' '.join(map(str, value['values']))
                arguments.append('--input=@' + self.path(f'{i}.txt', text))
            graph = example(name.replace('.expected.json', '.hlo'))
            for target in ('interpret', 'cpu'):
                result = self.succeeds('run', graph, f'--target={target}', '--json', *arguments)
                outputs = [v['values'] for v in json.loads(result.stdout)['outputs']]
                self.close(outputs, [v['values'] for v in expected['outputs']], f'{name} {target}')

    def test_feeds_are_files(self):
        graph = self.path('fed.hlo', """
ENTRY e {
  t = token[] after-all()
  fed = ((f32[2], s32[]), token[]) infeed(t)
  pair = (f32[2], s32[]) get-tuple-element(fed), index=0
  x = f32[2] get-tuple-element(pair), index=0
  next = token[] get-tuple-element(fed), index=1
  twice = f32[2] add(x, x)
  out = token[] outfeed(twice, next), outfeed_shape=f32[2]
  ROOT r = s32[] get-tuple-element(pair), index=1
}
""")
        values = self.path('in.txt', 'f32[2]=[1 2]; s32[]=7\n')
        out = self.path('out.txt')
        self.assertEqual(
            self.succeeds('run', graph, f'--infeed={values}', f'--outfeed={out}').stdout, 's32[]=[7]\n')
        with open(out) as file:
            self.assertEqual(file.read(), 'f32[2]=[2.0,4.0]\n')
        broken = self.path('broken.txt', '\nf32[2]=[1 x]\n')
        result = call('run', graph, f'--infeed={broken}')
        self.assertEqual(result.returncode, 2)
        self.assertIn('broken.txt:2:', result.stderr)

    def test_without_a_device_exits_7(self):
        result = call('run', example('mlp_f32.hlo'), '--target=amdgpu:gfx942', '--input=zeros')
        self.assertEqual(result.returncode, 7)
        self.assertIn('libamdhip64', result.stderr)


class Verify(Case):
    def test_a_difference_exits_5(self):
        a = self.path('a.hlo', 'ENTRY e {\n  p = f32[4] parameter(0)\n  ROOT r = f32[4] negate(p)\n}\n')
        b = self.path('b.hlo', 'ENTRY e {\n  p = f32[4] parameter(0)\n  ROOT r = f32[4] abs(p)\n}\n')
        self.assertEqual(call('verify', a, b, '--runs=3').returncode, 5)

    def test_special_values_tell_bits_apart(self):
        a = self.path('a.hlo', 'ENTRY e {\n  p = f32[64] parameter(0)\n  z = f32[] constant(0)\n'
                      '  b = f32[64] broadcast(z), dimensions={}\n  ROOT r = f32[64] add(p, b)\n}\n')
        b = self.path('b.hlo', 'ENTRY e {\n  p = f32[64] parameter(0)\n  ROOT r = f32[64] copy(p)\n}\n')
        self.succeeds('verify', a, b, '--runs=3')
        self.succeeds('verify', a, b, '--runs=3', '--numerics=special')
        self.assertEqual(call('verify', a, b, '--runs=3', '--numerics=exact').returncode, 5)
        self.assertEqual(call('verify', a, b, '--numerics=sloppy').returncode, 2)

    def test_large_integers_are_tried(self):
        a = self.path('a.hlo', 'ENTRY e {\n  p = s32[64] parameter(0)\n  ROOT r = s32[64] abs(p)\n}\n')
        b = self.path('b.hlo', 'ENTRY e {\n  p = s32[64] parameter(0)\n  ROOT r = s32[64] copy(p)\n}\n')
        self.assertEqual(call('verify', a, b).returncode, 5)

    def test_of_large_values_a_sample_is_compared(self):
        pad = ('ENTRY e {\n  p = f32[100000000,8] parameter(0)\n  z = f32[] constant(5)\n'
               '  ROOT r = f32[100000000,108] pad(p, z), padding=0_0x%s\n}\n')
        a = self.path('a.hlo', pad % '40_60')
        same = self.path('same.hlo', pad.replace('ROOT r', 'r').replace('\n}', '\n  ROOT c = '
                                                                        'f32[100000000,108] copy(r)\n}') % '40_60')
        self.succeeds('verify', a, same, '--runs=2')
        wrong = call('verify', a, self.path('wrong.hlo', pad % '41_59'))
        self.assertEqual(wrong.returncode, 5)
        self.assertIn('in a sample of result 0', wrong.stderr)

    def test_layouts_do_not_matter(self):
        text = ('ENTRY e {\n  p = f32[8,4] parameter(0)\n  n = f32[8,4]%s negate(p)\n'
                '  ROOT r = f32[8,4] abs(n)\n}\n')
        a = self.path('a.hlo', text % '{0,1}')
        self.assertIn('instruction by instruction', self.succeeds('verify', a, self.path('b.hlo', text % '')).stdout)


class VerifiedOptimize(Case):
    WRONG = 'language 1\nsine-is-small [exact]: abs(sine(x)) => abs(x)\n'
    GRAPH = """
square {
  a = f32[64] parameter(0)
  ROOT b = f32[64] multiply(a, a)
}

ENTRY e {
  p = f32[64] parameter(0)
  q = f32[64] parameter(1)
  h = f32[64] call(p), to_apply=square
  t = f32[64] tanh(h)
  s = f32[64] sine(t)
  a = f32[64] abs(s)
  m = f32[64] add(a, q)
  n = f32[64] exponential(m)
  ROOT r = (f32[64], f32[64]) tuple(n, q)
}
"""

    def test_a_right_result_is_written(self):
        out = self.path('out.hlo')
        result = self.succeeds('optimize', example('mlp_f32.hlo'), '--verify=2', '-o', out, '--json')
        self.assertEqual(json.loads(result.stdout)['verified_runs'], 2)
        self.succeeds('check', out)

    def test_a_wrong_result_is_refused_with_a_counterexample(self):
        graph, rules = self.path('g.hlo', self.GRAPH), self.path('wrong.eqr', self.WRONG)
        out = self.path('out.hlo')
        result = call('optimize', graph, f'--rules={rules}', '--verify=3', '-o', out)
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertFalse(os.path.exists(out))
        example_path = self.path('out.counterexample.hlo')
        self.assertIn(example_path, result.stderr)
        self.assertIn('ok', self.succeeds('check', example_path).stdout)
        with open(example_path) as file:
            text = file.read()
        self.assertIn('sine-is-small', text)
        self.assertEqual(text.count(' = '), 3, text)
        again = call('optimize', example_path, f'--rules={rules}', '--verify=3',
                     '--counterexample=none')
        self.assertEqual(again.returncode, 5)


class Reduce(Case):
    def reduced(self, graph, check, *arguments):
        out = self.path('small.hlo')
        self.succeeds('reduce', graph, f'--check={check}', '-o', out, *arguments)
        self.succeeds('check', out)
        with open(out) as file:
            return file.read()

    def test_what_a_command_looks_for_stays(self):
        text = self.reduced(example('mlp_train_f32.hlo'), 'grep -q " tanh(" {}')
        self.assertIn(' tanh(', text)
        self.assertEqual(text.count(' = '), 2, text)

    def test_loops_branches_and_calls_are_taken_apart(self):
        text = self.reduced(example('lstm_f32.hlo'), 'grep -q " dot(" {}')
        self.assertNotIn(' while(', text)
        self.assertEqual(text.count(' = '), 3, text)

    def test_loops_carry_no_more_than_needed(self):
        text = self.reduced(example('lstm_f32.hlo'), 'grep -q " while(" {} && grep -q " dot(" {}')
        loop = re.search(r'= (\S.*) while\(', text).group(1)
        self.assertLessEqual(loop.count('['), 2, text)

    def test_two_things_stay_together(self):
        text = self.reduced(example('attention_train_f32.hlo'),
                            'test $(grep -c " exponential(" {}) = 1 -a $(grep -c " dot(" {}) -ge 2')
        self.assertEqual((text.count(' exponential('), text.count(' dot(')), (1, 2))

    def test_any_exit_code_is_kept(self):
        text = self.reduced(example('mlp_f32.hlo'), 'grep -q " dot(" {} && exit 42')
        self.assertIn(' dot(', text)

    def test_same_result_every_time(self):
        graph = example('cnn_train_f32.hlo')
        texts = [self.reduced(graph, 'grep -q " convolution(" {}') for _ in range(2)]
        self.assertEqual(*texts)

    def test_mismatches_of_optimize(self):
        graph = self.path('g.hlo', VerifiedOptimize.GRAPH)
        rules = self.path('wrong.eqr', VerifiedOptimize.WRONG)
        text = self.reduced(graph, 'mismatch', f'--rules={rules}')
        self.assertEqual(text.count(' = '), 3, text)

    def test_an_interrupt_delivers_the_best_so_far(self):
        out = self.path('small.hlo')
        process = subprocess.Popen(
            [TOOL, 'reduce', example('attention_train_f32.hlo'), '-o', out,
             f'--check=touch {self.path("begun")}; grep -q " dot(" {{}} && sleep 0.05'],
            stderr=subprocess.PIPE, text=True)
        while not os.path.exists(self.path('begun')):
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        self.assertIn('stopped before the end', process.communicate()[1])
        self.assertEqual(process.returncode, 0)
        self.succeeds('check', out)

    def test_a_check_that_hangs_counts_as_refused(self):
        result = call('reduce', example('mlp_f32.hlo'), '--check=sleep 60; {}', '--timeout=0.2')
        self.assertEqual(result.returncode, 6)

    def test_a_check_without_a_place_for_the_graph(self):
        self.assertEqual(call('reduce', example('mlp_f32.hlo'), '--check=true').returncode, 2)


if __name__ == '__main__':
    unittest.main()
