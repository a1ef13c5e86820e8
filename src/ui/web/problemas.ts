import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Explicaciones } from 'seedwork/presentacion/problemas_comunes.ts'

/** Los códigos que nacen en esta parte. */
export const PROBLEMAS_DE_UI = {
  api_demorada: {
    significa: {
      es: 'El servicio de reservas no respondió a tiempo: no se sabe si hizo lo pedido.',
      en: 'The booking service did not answer in time: it is not known whether it did what was asked.',
    },
    hacer: {
      es: 'Repite el pedido con la misma llave: no se hará dos veces.',
      en: 'Repeat the request with the same key: it will not be done twice.',
    },
  },
  api_no_disponible: {
    significa: {
      es: 'El servicio de reservas no responde; el pedido no le llegó.',
      en: 'The booking service does not answer; the request did not reach it.',
    },
    hacer: { es: 'Repite el pedido en un momento.', en: 'Repeat the request in a moment.' },
  },
  correo_no_encontrado: {
    significa: {
      es: 'Ese correo no está en el buzón, que sólo guarda los más nuevos.',
      en: 'That e-mail is not in the inbox, which only keeps the newest ones.',
    },
    hacer: { es: 'Vuelve a la lista del buzón.', en: 'Go back to the inbox list.' },
  },
  demasiadas_conexiones: {
    significa: { es: 'Hay demasiadas páginas escuchando a la vez.', en: 'Too many pages are listening at once.' },
    hacer: { es: 'Cierra alguna pestaña; las demás siguen igual.', en: 'Close some tab; the others go on.' },
  },
  origen_no_admitido: {
    significa: {
      es: 'El pedido salió de otra página web, y sólo se atiende a ésta.',
      en: 'The request came from another web page, and only this one is served.',
    },
    hacer: {
      es: 'Ábrelo desde esta página, o añade su origen a UI_ORIGENES.',
      en: 'Open it from this page, or add its origin to UI_ORIGENES.',
    },
  },
} as const satisfies Explicaciones

/** Los de esta parte y, como el `type` de lo que responde la API también se abre desde aquí, los suyos. */
export const leerProblemas = (): Explicaciones => ({
  ...(JSON.parse(readFileSync(join(import.meta.dirname, '../../../contratos/problemas.json'), 'utf8')) as Explicaciones),
  ...PROBLEMAS_DE_UI,
})
