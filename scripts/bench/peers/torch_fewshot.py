"""FOMAML's outer step in PyTorch, for comparison: 32 tasks, 5 inner steps of SGD, the gradient of the queries, Adam.

    python3 torch_fewshot.py TASKS

TASKS is JSON: {"start": {name: {"shape", "data"}}, "steps": [[{"support": [[prefix, label], …], "queries": […]}, …], …]}. Two ways:
task by task with nn.GRU, and all tasks at once with one copy of the parameters a task and products by bmm. "two processes" deals the tasks
of a step to two processes with one thread each and counts the slower one; summing and Adam are left out. Prints {"version", "results":
{way: {"ms", "cpu_ms", "loss"}}} as JSON: medians over the steps but the first two, CPU time of all threads or processes, and the first
step's mean query loss, which has to be ours.
"""
import json, statistics, sys, time
from multiprocessing import get_context
import torch
import torch.nn as nn
import torch.nn.functional as F

RATE, STEPS, CLIP, WARM_UP = 0.01, 5, 10.0, 2


def padded(pairs):
    longest = max(len(prefix) for prefix, _ in pairs)
    items = torch.tensor([prefix + [0] * (longest - len(prefix)) for prefix, _ in pairs])
    return items, torch.tensor([len(prefix) for prefix, _ in pairs]), torch.tensor([label for _, label in pairs])


class Gru(nn.Module):
    def __init__(self, start):
        super().__init__()
        courses, embedding = start["embedding.weight"]["shape"]
        hidden = start["fc.weight"]["shape"][1]
        self.embedding = nn.Embedding(courses, embedding, padding_idx=0)
        self.gru = nn.GRU(embedding, hidden, 1, batch_first=True)
        self.fc = nn.Linear(hidden, courses)
        self.load_state_dict({name: torch.tensor(t["data"]).reshape(t["shape"]) for name, t in start.items()})

    def loss(self, part):
        items, lengths, labels = part
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(items), lengths, batch_first=True, enforce_sorted=False)
        return F.cross_entropy(self.fc(self.gru(packed)[1][-1]), labels)


def task_by_task(model, start, tasks):
    """Sum of the tasks' query gradients, and of their losses."""
    total, losses = [torch.zeros_like(p) for p in start], 0.0
    parameters = list(model.parameters())
    for support, queries in tasks:
        with torch.no_grad():
            for p, s in zip(parameters, start):
                p.copy_(s)
        for _ in range(STEPS):
            gradients = torch.autograd.grad(model.loss(support), parameters)
            with torch.no_grad():
                for p, g in zip(parameters, gradients):
                    p.sub_(g, alpha=RATE)
        loss = model.loss(queries)
        losses += loss.item()
        for t, g in zip(total, torch.autograd.grad(loss, parameters)):
            t.add_(g)
    return total, losses


def at_once_loss(w, part):
    items, lengths, labels = part  # [tasks × pairs × longest], [tasks × pairs] twice
    tasks, pairs, longest = items.shape
    which = torch.arange(tasks)[:, None, None]
    x = w["embedding.weight"][which, items] * (items != 0).unsqueeze(-1)
    projected = torch.baddbmm(w["gru.bias_ih_l0"][:, None], x.reshape(tasks, pairs * longest, -1), w["gru.weight_ih_l0"].transpose(1, 2))
    projected = projected.reshape(tasks, pairs, longest, -1)
    h = torch.zeros(tasks, pairs, w["gru.weight_hh_l0"].shape[2])
    for t in range(longest):
        i_r, i_z, i_n = projected[:, :, t].chunk(3, 2)
        h_r, h_z, h_n = torch.baddbmm(w["gru.bias_hh_l0"][:, None], h, w["gru.weight_hh_l0"].transpose(1, 2)).chunk(3, 2)
        r, z = torch.sigmoid(i_r + h_r), torch.sigmoid(i_z + h_z)
        n = torch.tanh(i_n + r * h_n)
        h = torch.where((t < lengths).unsqueeze(2), n + z * (h - n), h)
    logits = torch.baddbmm(w["fc.bias"][:, None], h, w["fc.weight"].transpose(1, 2))
    return F.cross_entropy(logits.reshape(tasks * pairs, -1), labels.reshape(-1), reduction="sum") / pairs


def stacked(parts):
    longest = max(items.shape[1] for items, _, _ in parts)
    return (torch.stack([F.pad(items, (0, longest - items.shape[1])) for items, _, _ in parts]),
            torch.stack([lengths for _, lengths, _ in parts]), torch.stack([labels for _, _, labels in parts]))


def at_once(start, tasks):
    w = {n: p.expand(len(tasks), *p.shape).clone().requires_grad_() for n, p in start.items()}
    support, queries = stacked([s for s, _ in tasks]), stacked([q for _, q in tasks])
    for _ in range(STEPS):
        gradients = torch.autograd.grad(at_once_loss(w, support), list(w.values()))
        w = {n: (p.detach() - RATE * g).requires_grad_() for (n, p), g in zip(w.items(), gradients)}
    loss = at_once_loss(w, queries)
    gradients = torch.autograd.grad(loss, list(w.values()))
    return [g.sum(0) for g in gradients], loss.item()


def measure(parameters, steps, gradients_of):
    """The whole step: gradients, clipping, Adam."""
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    times, cpu, first = [], [], None
    for step in steps:
        begin, used = time.perf_counter(), time.process_time()
        gradients, loss = gradients_of([p.detach() for p in parameters], step)
        for p, g in zip(parameters, gradients):
            p.grad = g / len(step)
        nn.utils.clip_grad_norm_(parameters, CLIP)
        optimizer.step()
        times.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - used)
        first = loss / len(step) if first is None else first
    return {"ms": milliseconds(times), "cpu_ms": milliseconds(cpu), "loss": first}


def milliseconds(seconds):
    return 1000 * statistics.median(seconds[WARM_UP:])


def half(start, steps, barrier, results):
    torch.set_num_threads(1)
    model = Gru(start)
    parameters = [p.detach().clone() for p in model.parameters()]
    times = []
    for step in steps:
        barrier.wait()
        begin, used = time.perf_counter(), time.process_time()
        task_by_task(model, parameters, step)
        times.append((time.perf_counter() - begin, time.process_time() - used))
    results.put(times)


def two_processes(start, steps):
    context = get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    halves = [context.Process(target=half, args=(start, [step[i::2] for step in steps], barrier, results)) for i in range(2)]
    for one in halves:
        one.start()
    both = [results.get() for _ in halves]
    for one in halves:
        one.join()
    pairs = list(zip(*both))
    return {"ms": milliseconds([max(a[0], b[0]) for a, b in pairs]),
            "cpu_ms": milliseconds([a[1] + b[1] for a, b in pairs])}


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    start = given["start"]
    steps = [[(padded(task["support"]), padded(task["queries"])) for task in step] for step in given["steps"]]
    results = {}
    for threads in (1, 2):
        torch.set_num_threads(threads)
        words = "1 thread" if threads == 1 else f"{threads} threads"
        model = Gru(start)
        own = [p.detach().clone().requires_grad_() for p in model.parameters()]
        results[f"task by task, {words}"] = measure(own, steps, lambda p, step: task_by_task(model, p, step))
        names = list(start)
        own = [torch.tensor(start[n]["data"]).reshape(start[n]["shape"]).requires_grad_() for n in names]
        results[f"all at once, {words}"] = measure(own, steps, lambda p, step: at_once(dict(zip(names, p)), step))
    results["task by task, two processes"] = two_processes(start, steps)
    print(json.dumps({"version": torch.__version__, "results": results}))


if __name__ == "__main__":
    main()
