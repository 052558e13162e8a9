#!/usr/bin/env python3
"""How many of the rewrites that other compilers test does the rule library find?

  rule_coverage.py --tool build/dev/tools/xla-eqsat --corpus DIR [SUITE...] [--every N] [--list | --passes]

DIR holds a folder for each suite: JSON lines with `hlo`, `changed` and `expect` patterns, or MLIR files
whose CHECK lines show the expected operations. Each case is optimized, and verified on random inputs:

  reached  the expected form, or one whose operations are among the expected ones
  better   another form with a lower predicted cost
  missed   neither
  kept     no change is expected, and the predicted cost is no higher
  worse    no change is expected, and the predicted cost is higher
  wrong    the values differ
  failed   not optimized, for another reason
  refused  not read: another dialect, or not valid on its own

and of those that are neither wrong nor refused, `unverified` counts those that the interpreter does not run.
With --passes the cases of xla-passes are counted by what their pass is for.
"""
import argparse, collections, concurrent.futures, glob, itertools, json, os, re, subprocess, tempfile

JSON_SUITES = ['algsimp', 'xla-passes']
MLIR_SUITES = ['enzyme-jax-opt', 'stablehlo-transforms', 'iree-transforms', 'xla-mhlo-canonicalize']
COMMUTATIVE = {'add', 'multiply', 'maximum', 'minimum', 'and', 'or', 'xor'}
FREE = {'parameter', 'constant', 'tuple', 'get-tuple-element'}
MLIR_NAMES = {'broadcast-in-dim': 'broadcast', 'dot-general': 'dot', 'rng': 'rng', 'log-plus-one': 'log-plus-one',
              'shift-right-logical': 'shift-right-logical'}


# What XLA's passes are for, by the names of their tests' files. Each is of the first family that
# has it; the second half is no simplification of a graph, for the reason given.
OURS = [
    ('arithmetic, conversions', 'algebraic_simplifier convert_mover convert_operand_fold simplify_fp_conversions '
                                'hlo_element_type_converter hlo_constant_folding'),
    ('layout and slices', 'transpose_folding slice_sinker slice_hoister dynamic_dimension_simplifier dynamic_index_splitter '
                          'dead_dynamic_update_slice'),
    ('products', 'batch_dot_simplification dot_'),
    ('convolutions', 'conv_operand_canonicalizer convolution_pred convolution_type convolution_4d convolution_group'),
    ('sorts and scatters', 'sort_simplifier permutation_sort topk_rewriter scatter_slice_simplifier'),
    ('equal and dead code', 'hlo_cse hlo_dce hlo_module_dce hlo_computation_dedup call_parameter_cleanup call_inliner'),
    ('loops', 'while_loop_all_reduce while_loop_concat while_loop_constant while_loop_expensive while_loop_fusible '
              'while_loop_invariant while_loop_simplifier while_loop_unroller while_loop_trip_count scan_loop_accumulator'),
    ('conditionals', 'conditional_'),
    ('collectives', 'all_gather_cse all_gather_simplifier all_reduce_simplifier all_reduce_reduce_scatter ar_crs_combiner'),
]
NOT_OURS = [
    ('partitioning', 'sharding_ partition_assignment hlo_domain space_to_batch', 'decides which device holds what'),
    ('scheduling, streams', 'schedul latency_hiding async_ explicit_ stream_ control_dep group_collectives collective_pipeliner '
                            'double_buffer infeed_token', 'decides when something runs'),
    ('fusion', 'fusion softmax_rewriter gemm_fusion kernel_cache call_splitter call_outliner call_marker',
     'groups instructions into kernels; the planner does so by cost, after the rules'),
    ('layouts, memory', 'layout_ memory_ copy move_copy', 'decides where bytes lie'),
    ('library calls', 'gemm cublas cudnn conv_ triton splitk ragged scaled_dot triangular_solve_rewriter',
     'names a routine of one vendor'),
    ('collectives merged or split', 'combiner all_reduce_ all_gather_ collective_ reduce_scatter legalize_collective',
     'trades launches for memory on a network'),
    ('expanders', 'expander decomposer despecializer normalizer splitter legaliz promotion change_op bfloat16 root_instruction '
                  'instruction_hoister dynamic_padder determinism', 'makes programs longer for what comes later'),
    ('annotations, statistics', '', 'changes no instruction'),
]


# ---- HLO text -------------------------------------------------------------------------------------
def closing(text, start):
    """The position behind the parenthesis that matches the one at `start`."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] in '([{') - (text[i] in ')]}')
        if depth == 0:
            return i + 1
    return len(text)


def instructions(text):
    """Of the entry computation: ({name: (opcode, shape, operand names, rest)}, name of the root)."""
    begin = text.find('\nENTRY')
    found, root = {}, None
    for line in text[max(begin, 0):].splitlines():
        m = re.match(r'\s*(ROOT )?%?([\w.\-]+) = ', line)
        if not m:
            continue
        rest = line[m.end():]
        end = closing(rest, 0) if rest.startswith('(') else rest.find(' ')
        shape, rest = rest[:end], rest[end:].strip()
        opcode = rest[:rest.find('(')]
        end = closing(rest, rest.find('('))
        inside = rest[rest.find('(') + 1:end - 1]
        found[m[2]] = (opcode, shape, re.findall(r'%([\w.\-]+)', inside), inside + rest[end:])
        if m[1]:
            root = m[2]
    return found, root


# ---- Patterns -------------------------------------------------------------------------------------
FLAGS = {':any-order', ':one-use', ':extra-predicate'}


def parse(tokens):
    token = tokens.pop(0)
    if token != '(':
        return {'head': token, 'operands': None, 'named': {}}
    node = {'head': tokens.pop(0), 'operands': [], 'named': {}}
    while tokens and tokens[0] != ')':
        if tokens[0].startswith(':'):
            name = tokens.pop(0)
            if name not in FLAGS and tokens[0] not in '()':
                node['named'][name] = tokens.pop(0)
        else:
            node['operands'].append(parse(tokens))
    if tokens:
        tokens.pop(0)
    return node


def is_known(pattern):
    """A pattern of constants alone: folded, it is one constant."""
    if pattern['head'].startswith('constant'):
        return True
    return bool(pattern['operands']) and all(map(is_known, pattern['operands']))


def matches(graph, name, pattern):
    opcode, shape, operands, rest = graph[name]
    head, wanted = pattern['head'], pattern['operands']
    if head == 'any':
        return True
    if is_known(pattern) and opcode == 'constant':
        return True
    if head.startswith('constant'):
        return head == 'constant-splat' and opcode == 'broadcast' and graph[operands[0]][0] == 'constant'
    if head == 'parameter':
        return opcode == 'parameter' and (not wanted or rest.startswith(wanted[0]['head']))
    if opcode != head or pattern['named'].get(':direction', '') not in rest:
        return False
    if not wanted:
        return True
    if len(wanted) != len(operands):
        return False
    orders = itertools.permutations(operands) if opcode in COMMUTATIVE else [operands]
    return any(all(matches(graph, o, w) for o, w in zip(order, wanted)) for order in orders)


def reaches(record, text):
    graph, root = instructions(text)
    wanted = [e for e in record.get('expect', []) if e.get('at') == 'root']
    if not wanted or root is None:
        return False
    for e in wanted:
        tokens = re.findall(r'[()]|[^\s()]+', e['pattern'])
        if matches(graph, root, parse(tokens)) == bool(e.get('not')):
            return False
    return True


# ---- Cases: (name, text, file ending, expects a change or not, does the output fit?) ---------------
def json_cases(folder):
    for path in sorted(glob.glob(os.path.join(folder, '*.jsonl'))):
        for line in open(path):
            r = json.loads(line)
            if r.get('layout_sensitive') or r.get('numerics', 'default') != 'default' or not r.get('hlo'):
                continue
            name = os.path.basename(r['origin']).removesuffix('_test.cc') + ':' + r['name']
            yield name, r['hlo'], '.hlo', r.get('changed'), lambda text, r=r: reaches(r, text)


def mlir_ops(lines):
    names = re.findall(r'(?:stablehlo|mhlo|chlo)\.([a-z_0-9]+)', '\n'.join(lines))
    names = [n.replace('_', '-') for n in names]
    ops = collections.Counter(MLIR_NAMES.get(n, n) for n in names)
    for free in FREE | {'return'}:
        ops.pop(free, None)
    return ops


def functions(chunk):
    """(text of a function, CHECK lines in it and up to the next one)."""
    starts = [m.start() for m in re.finditer(r'^\s*func\.func', chunk, re.M)]
    for begin, end in zip(starts, starts[1:] + [len(chunk)]):
        body = chunk.find('{\n', begin)
        if body < 0:
            continue
        stop = closing(chunk, body)
        yield chunk[begin:stop], [l for l in chunk[begin:end].splitlines() if 'CHECK' in l]


def mlir_cases(folder):
    for path in sorted(glob.glob(os.path.join(folder, '*.mlir'))):
        for i, chunk in enumerate(open(path).read().split('// -----')):
            for text, checks in functions(chunk):
                m = re.search(r'@([\w$.\-]+)', text)
                checks = [l for l in checks if 'CHECK-NOT' not in l]
                code = '\n'.join(l for l in text.splitlines() if not l.strip().startswith('//'))
                before, after = mlir_ops(code.splitlines()), mlir_ops(checks)
                if not checks or not m:
                    continue
                def fits(output, after=after):
                    graph, _ = instructions(output)
                    have = collections.Counter(op for op, *_ in graph.values() if op not in FREE)
                    return not have - after
                name = f'{os.path.basename(path)}:{i}:{m[1]}'
                module = re.sub(r'@' + re.escape(m[1]) + r'\b', '@main', code).replace('func.func private', 'func.func')
                yield name, module, '.mlir', before != after, fits


def cases(suite, corpus):
    folder = os.path.join(corpus, suite)
    return list(json_cases(folder) if suite in JSON_SUITES else mlir_cases(folder))


# ---- Judging --------------------------------------------------------------------------------------
def call(arguments, seconds):
    try:
        p = subprocess.run(arguments, capture_output=True, text=True, errors='replace', timeout=seconds)
        return p.returncode, p.stdout
    except subprocess.TimeoutExpired:
        return 124, ''


def judge(options, folder, number, case):
    name, text, ending, changed, fits = case
    before = os.path.join(folder, f'{number}{ending}')
    after = os.path.join(folder, f'{number}.out.hlo')
    open(before, 'w').write(text)
    code, out = call([options.tool, 'optimize', before, '-o', after, '--target=cpu',
                      f'--numerics={options.numerics}', '--json'], 60)
    if code:
        return name, 'refused' if code == 3 else 'failed', False
    result, output = json.loads(out), open(after).read()
    exact = ['--tolerance=0'] if options.numerics == 'exact' else []
    code, _ = call([options.tool, 'verify', before, after, '--runs=2', *exact], 30)
    if code == 5:
        return name, 'wrong', False
    cheaper = result['cost_after'] < result['cost_before'] * 0.9999
    if changed is False:
        verdict = 'kept' if result['cost_after'] <= result['cost_before'] * 1.0001 else 'worse'
    else:
        verdict = 'reached' if fits(output) else 'better' if cheaper else 'missed'
    return name, verdict, code != 0


VERDICTS = ['reached', 'better', 'missed', 'kept', 'worse', 'wrong', 'failed', 'refused']


def family(name):
    """The pass's family and why it is none of ours, if it is none."""
    has = lambda stems: any(name.startswith(stem) for stem in stems.split())
    for title, stems in OURS:
        if has(stems):
            return title, ''
    for title, stems, reason in NOT_OURS:
        if any(stem in name for stem in stems.split()) or not stems:
            return title, reason


def print_passes(judged):
    counts = collections.defaultdict(collections.Counter)
    for name, verdict, _ in judged:
        counts[family(name.split(':')[0])][verdict] += 1
    shown = ['reached', 'better', 'missed', 'kept', 'refused']
    order = [(title, '') for title, _ in OURS] + [(title, reason) for title, _, reason in NOT_OURS]
    print('| passes for | cases | ' + ' | '.join(shown) + ' | why not ours |')
    print('|---' * (len(shown) + 3) + '|')
    for key in order:
        row = counts[key]
        print(f'| {key[0]} | {row.total()} | ' + ' | '.join(str(row[v]) for v in shown) + f' | {key[1]} |')


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('suites', nargs='*', metavar='SUITE')
    a.add_argument('--tool', required=True)
    a.add_argument('--corpus', required=True)
    a.add_argument('--every', type=int, default=1)
    a.add_argument('--jobs', type=int, default=2)
    a.add_argument('--numerics', default='exact')
    a.add_argument('--passes', action='store_true', help='count xla-passes by what a pass is for')
    a.add_argument('--list', action='store_true', help='print every case with its verdict')
    o = a.parse_args()
    if o.passes:
        o.suites = ['xla-passes']
    print('| suite | cases | ' + ' | '.join(VERDICTS) + ' | unverified |')
    print('|---' * (len(VERDICTS) + 3) + '|')
    for suite in o.suites or JSON_SUITES + MLIR_SUITES:
        found = cases(suite, o.corpus)[::o.every]
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
            judged = list(pool.map(lambda n: judge(o, folder, *n), enumerate(found)))
        counts = collections.Counter(verdict for _, verdict, _ in judged)
        unverified = sum(u for *_, u in judged)
        print(f'| {suite} | {len(judged)} | ' + ' | '.join(str(counts[v]) for v in VERDICTS) + f' | {unverified} |', flush=True)
        if o.passes:
            print_passes(judged)
        if o.list:
            for name, verdict, _ in judged:
                print(f'{verdict}\t{suite}\t{name}')


if __name__ == '__main__':
    main()
