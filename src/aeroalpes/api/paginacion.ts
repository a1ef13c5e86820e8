import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import Type, { type Static } from 'typebox'

export const PaginaJson = Type.Object({
  tamano_pagina: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$', description: 'De 1 a 100; 50 si falta.' })),
  token_pagina: Type.Optional(Type.String({ maxLength: 200, description: 'El de la página siguiente, como llegó en `Link`.' })),
})
type PaginaJson = Static<typeof PaginaJson>

const TAMANO = 50

/** La página que se pide. Lanza `token_invalido` (422) si el token no es de los que da `enlaceSiguiente`. */
export const leerPagina = ({ tamano_pagina, token_pagina }: PaginaJson): { tamano: number; despues_de: string | null } => ({
  tamano: tamano_pagina === undefined ? TAMANO : Number(tamano_pagina),
  despues_de: token_pagina === undefined ? null : leerToken(token_pagina),
})

/** La cabecera `Link` a la página que sigue a `ultimo`, con los mismos filtros. `undefined` si la página no vino llena: no hay más. */
export const enlaceSiguiente = (
  url: string,
  { pedidos, recibidos, ultimo }: { pedidos: number; recibidos: number; ultimo: string | undefined },
): string | undefined => {
  if (recibidos < pedidos || ultimo === undefined) return undefined
  const [camino = '', consulta = ''] = url.split('?', 2)
  const parametros = new URLSearchParams(consulta)
  parametros.set('token_pagina', Buffer.from(`1 ${ultimo}`).toString('base64url'))
  return `<${camino}?${parametros}>; rel="next"`
}

/** El token de la página que empieza en el lugar `desde` de una lista que se calcula en cada pedido. */
export const tokenDeLugar = (desde: number): string => Buffer.from(`2 ${desde}`).toString('base64url')

/** Lo contrario de `tokenDeLugar`. Lanza `token_invalido` (422) si no es uno de los suyos. */
export const leerTokenDeLugar = (token: string): number => {
  const desde = /^2 ([0-9]{1,6})$/.exec(Buffer.from(token, 'base64url').toString())?.[1]
  if (desde === undefined) throw tokenInvalido()
  return Number(desde)
}

const leerToken = (token: string): string => {
  const [version, ultimo] = Buffer.from(token, 'base64url').toString().split(' ', 2)
  if (version !== '1' || ultimo === undefined || !/^[0-9a-f-]{36}$/.test(ultimo)) throw tokenInvalido()
  return ultimo
}

const tokenInvalido = (): ErrorDominio => {
  const texto = {
    es: 'El token de página no es válido. Empieza por la primera página.',
    en: 'The page token is not valid. Start from the first page.',
  }
  return new ErrorDominio({ codigo: 'token_invalido', clase: 'invalido', texto, errores: [{ puntero: '/token_pagina', texto }] })
}
