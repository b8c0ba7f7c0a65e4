import { defineEntity, p } from '@mikro-orm/core';
import { maxLength } from '../bounds.ts';
import { lengthCheck } from '../length-check.ts';
import { createdAt, id } from '../columns.ts';
import { trigger } from '../triggers.ts';
import { slugPattern } from './slug.ts';

const CategorySchema = defineEntity({
  name: 'Category',
  tableName: 'category',
  properties: {
    id,
    parent: () => p.manyToOne(Category).nullable().deleteRule('no action').index('category_parent_id_index'),
    slug: p.text(),
    name: p.text(),
    /** The slugs from the root, joined by dots, `_` for `-`. A trigger writes it. */
    path: p.string().columnType('ltree').defaultRaw(`''`).unique('category_path_unique'),
    position: p.integer().default(0),
    createdAt,
  },
  indexes: [
    {
      name: 'category_path_index',
      properties: ['path'],
      expression: 'create index category_path_index on category using gist (path)',
    },
  ],
  checks: [
    lengthCheck('category', { name: maxLength.line }),
    { name: 'category_slug_check', expression: `slug ~ '${slugPattern}' and length(slug) <= 200` },
    { name: 'category_name_check', expression: `name <> ''` },
  ],
  triggers: [
    trigger('category', 'path', {
      timing: 'before',
      events: ['insert', 'update'],
      columns: ['parent_id', 'slug', 'path'],
      execute: 'set_category_path',
    }),
    trigger('category', 'children', {
      timing: 'after',
      events: ['update'],
      columns: ['parent_id', 'slug', 'path'],
      when: 'old.path <> new.path',
      execute: 'move_category_children',
    }),
  ],
});

/** A node of the category tree. */
export class Category extends CategorySchema.class {}
CategorySchema.setClass(Category);
