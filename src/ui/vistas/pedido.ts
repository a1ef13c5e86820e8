import { useEffect, useRef, useState } from 'preact/hooks'
import { Problema } from './api.ts'

/** Algo que se pide: aún no está, está, o no se pudo. */
export type Pedido<T> = Readonly<{ estado: 'cargando' } | { estado: 'listo'; valor: T } | { estado: 'fallido'; problema: Problema }>

/** Pide `leer` cada vez que cambia `llave`, o al llamar a `repetir`, que deja lo que había hasta que llegue lo nuevo. */
export const usePedido = <T>(llave: string, leer: (senal: AbortSignal) => Promise<T>): Pedido<T> & { repetir: () => void } => {
  const [vez, contar] = useState(0)
  const [pedido, poner] = useState<Pedido<T>>({ estado: 'cargando' })
  const anterior = useRef('')
  useEffect(() => {
    const control = new AbortController()
    if (anterior.current !== llave) poner({ estado: 'cargando' })
    anterior.current = llave
    leer(control.signal).then(
      (valor) => control.signal.aborted || poner({ estado: 'listo', valor }),
      (error: unknown) =>
        control.signal.aborted || poner({ estado: 'fallido', problema: error instanceof Problema ? error : new Problema(0, {}) }),
    )
    return () => control.abort()
  }, [llave, vez])
  return { ...pedido, repetir: () => contar((anteriores) => anteriores + 1) }
}

/** La llave con que se pide algo una sola vez, aunque se pulse dos veces, se vuelva atrás o se recargue la página. */
export const llaveDe = (intencion: string): string => {
  const nombre = `llave:${intencion}`
  const guardada = sessionStorage.getItem(nombre) ?? crypto.randomUUID()
  sessionStorage.setItem(nombre, guardada)
  return guardada
}

/** La intención terminó: pedir lo mismo otra vez sería otra cosa. */
export const olvidarLlave = (intencion: string): void => sessionStorage.removeItem(`llave:${intencion}`)
