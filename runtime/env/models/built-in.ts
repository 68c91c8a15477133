import type { FieldSpec, FieldType, ModelDeclaration } from '../../store/record-store.ts';
import { plainField } from '../plain-field.ts';

/** As a project would declare it. */
function field(
  name: string,
  type: FieldType,
  more: Partial<FieldSpec> = {},
): ModelDeclaration['fields'][number] {
  const { learned: _nobodyAsks, ...declared } = plainField(name, type, more);
  return declared;
}

/**
 * The models that come with Sluice, as Odoo's users know them: people and companies, and the messages about any record. Neither is
 * strict: every project may give them further fields.
 */
export const BUILT_IN_MODELS: readonly ModelDeclaration[] = [
  {
    name: 'res.partner',
    strict: false,
    fields: [
      field('name', 'char'),
      field('ref', 'char', { index: true }),
      field('email', 'char', { index: true }),
      field('phone', 'char'),
      field('active', 'boolean'),
      field('is_company', 'boolean'),
      field('parent_id', 'many2one', { relation: 'res.partner', index: true }),
      field('image_1920', 'binary'),
    ],
  },
  {
    name: 'mail.message',
    strict: false,
    fields: [
      field('model', 'char'),
      field('res_id', 'integer', { index: true }),
      field('subject', 'char'),
      field('body', 'html'),
      field('author', 'char'),
      field('date', 'datetime'),
      field('message_type', 'char'),
    ],
  },
];
