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
