"""The notebook's training step in PyTorch, for comparison: GRU and SASRec, batch 256, 343 courses, Adam.

    python3 torch_training.py LENGTHS BATCHES DEVICE

LENGTHS holds one prefix length a line. The loader is as good as it gets: everything lies in tensors beforehand, batches are made by
indexing and padded to their own longest, nothing is copied a row. Prints {"version", "results": {name: {ms, threads}}} as JSON.
"""
import json, statistics, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

COURSES, BATCH = 343, 256


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(COURSES, 64, padding_idx=0)
        self.gru = nn.GRU(64, 128, 1, batch_first=True)
        self.fc = nn.Linear(128, COURSES)

    def forward(self, items, lengths, on_cpu):
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(items), on_cpu, batch_first=True, enforce_sorted=False)
        _, hidden = self.gru(packed)
        return self.fc(hidden[-1])


class SasRec(nn.Module):
    def __init__(self, last_item):
        super().__init__()
        self.last_item = last_item
        self.item_emb, self.pos_emb, self.dropout = nn.Embedding(COURSES + 1, 64, padding_idx=0), nn.Embedding(50, 64), nn.Dropout(0.2)
        self.blocks = nn.ModuleList([nn.TransformerEncoderLayer(64, 2, 256, 0.2, "relu", batch_first=True) for _ in range(2)])
        self.layer_norm, self.fc = nn.LayerNorm(64), nn.Linear(64, COURSES)

    def forward(self, items, lengths, on_cpu):
        n = items.size(1)
        x = self.dropout(self.item_emb(items) + self.pos_emb(torch.arange(n, device=items.device))[None])
        mask = torch.triu(torch.full((n, n), float("-inf"), device=items.device), diagonal=1)
        for block in self.blocks:
            x = block(x, src_mask=mask)
        x = self.layer_norm(x)
        return self.fc(x[torch.arange(len(items), device=items.device), lengths - 1] if self.last_item else x[:, -1])


def measure(model, lengths, batches, device):
    model.to(device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    generator = torch.Generator().manual_seed(1)
    items = torch.randint(0, COURSES, (len(lengths), 50), generator=generator)
    items[torch.arange(50)[None] >= lengths[:, None]] = 0
    labels, items, on_device = torch.randint(0, COURSES, (len(lengths),), generator=generator).to(device), items.to(device), lengths.to(device)
    order, times = torch.randperm(len(lengths), generator=generator), []
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    for b in range(batches + 3):
        rows = order[b * BATCH % (len(order) - BATCH):][:BATCH]
        wait()
        begin = time.perf_counter()
        on_cpu = lengths[rows]
        there = rows.to(device)
        loss = F.cross_entropy(model(items[there, : int(on_cpu.max())], on_device[there], on_cpu), labels[there])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        wait()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times[3:])


lengths = torch.tensor([int(line) for line in open(sys.argv[1])])
batches, device = int(sys.argv[2]), sys.argv[3]
results = {}
for threads in ([1] if device == "cuda" else sorted({1, torch.get_num_threads()})):
    torch.set_num_threads(threads)
    for name, make in (("GRU, pairs", Gru), ("SASRec, last_column", lambda: SasRec(False)), ("SASRec, last_item", lambda: SasRec(True))):
        ms = measure(make(), lengths, batches, device)
        if name not in results or ms < results[name]["ms"]:
            results[name] = {"ms": ms, "threads": threads}
print(json.dumps({"version": torch.__version__, "results": results}))
