import { ErrorDominio } from '../../dominio/errores.ts'

/** Algo que sólo un error de programación rompe, al declarar o al escribir un mensaje. */
export const invariante = (que: string): never => {
  throw new ErrorDominio({
    codigo: 'mensaje_mal_declarado',
    clase: 'interno',
    texto: { es: `Invariante rota en los mensajes: ${que}.`, en: `Broken invariant in messages: ${que}.` },
  })
}
