  // the time steps of each window, and of the longest
#for j < WINDOWS
  let length${j} = windowOf(group.x * WINDOWS + ${j}u).rows;
#end
  var longest = 0u;
#for j < WINDOWS
  longest = max(longest, length${j});
#end
#if IN_REGISTERS
  // the quad of columns whose products this thread makes, and its part of the matrix's rows, held
  // in registers for the whole recurrence
  let column = thread % COLUMNS;
  let part = min(thread / COLUMNS, PARTS - 1u) * DEPTH;
  let busy = thread < COLUMNS * PARTS;
#for q < DEPTH
#for i < 4
  let w${q}_${i} = weights[MATRIX + ((part + ${q}u) * 4u + ${i}u) * COLUMNS + column];
#end
#end
#end
  // what this thread has of the gates: four units of a window, or nothing
  let owned = thread - FIRST_OWNER; // beyond all units for the threads before the first owner
  let unit = owned % HIDDEN_QUADS;
  let place = owned / HIDDEN_QUADS;
  let mine = place < WINDOWS;
  var window = Window();
  if (mine) { window = windowOf(group.x * WINDOWS + place); }
