// What all kernels of tasks share. A task's memory begins with its own parameters, which are those
// that move: HEAD_BIAS, then HEAD_WEIGHT with MOVES_HEAD, then the recurrence and, at TABLE, the
// rows of its items with MOVES_BODY. The rest is the start's.

// a part of a task of those in memory
fn partOf(task: u32, part: u32) -> Part { return partAt(2u * (step.firstTask + task) + part); }

// where the memory of a task begins
fn homeOf(task: u32) -> u32 { return task * step.taskQuads; }

// a quad below the output layer
fn bodyQuad(home: u32, at: u32) -> vec4f {
#if MOVES_BODY
  return tasks[home + at];
#else
  return start[at];
#end
}

// a quad of the output layer's weights
fn headQuad(home: u32, at: u32) -> vec4f {
#if MOVES_HEAD
  return tasks[home + at];
#else
  return start[at];
#end
}

// a quad of row `row` of a task's items
fn rowQuad(home: u32, itemsAt: u32, row: u32, q: u32) -> vec4f {
#if MOVES_BODY
  return tasks[home + TABLE + row * WIDTH_QUADS + q];
#else
  return start[TABLE + plan[itemsAt + row] * WIDTH_QUADS + q];
#end
}

// quads of a task's own parameters that has these rows
fn ownQuads(rows: u32) -> u32 {
#if MOVES_BODY
  return TABLE + rows * WIDTH_QUADS;
#else
  return OWN_END;
#end
}
